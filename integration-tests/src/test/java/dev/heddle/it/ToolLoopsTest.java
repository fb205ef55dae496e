package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.anthropic.client.AnthropicClient;
import com.anthropic.client.okhttp.AnthropicOkHttpClient;
import com.anthropic.core.JsonValue;
import com.anthropic.models.messages.ContentBlockParam;
import com.anthropic.models.messages.Message;
import com.anthropic.models.messages.MessageCreateParams;
import com.anthropic.models.messages.StopReason;
import com.anthropic.models.messages.Tool;
import com.anthropic.models.messages.ToolResultBlockParam;
import com.anthropic.models.messages.ToolUseBlock;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.models.FunctionDefinition;
import com.openai.models.FunctionParameters;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionToolMessageParam;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.service.AiServices;
import dev.langchain4j.service.tool.ToolExecutor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.openai.OpenAiChatOptions;
import org.springframework.ai.tool.function.FunctionToolCallback;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Java's clients that call tools, in a loop until the model says what the tool's result means. */
class ToolLoopsTest {
  private static final PlatformFixture PLATFORM = PlatformFixture.get();
  private static final String QUESTION = "what is the weather in Lyon on Saturday?";
  private static final String NAME = "get_weather";
  private static final String DESCRIPTION = "Weather of a city on a day";
  private static final String RESULT = "{\"weather\": \"sunny\", \"degrees\": 21}";
  private static final String SAID = "It is sunny in Lyon, 21 degrees.";

  private static final JsonMapper JSON = new JsonMapper();

  private final List<String> called = new ArrayList<>();

  private String weather(String arguments) {
    return weather(PlatformFixture.parse(arguments));
  }

  private String weather(JsonNode asked) {
    called.add(asked.path("city").stringValue() + " " + asked.path("day").stringValue());
    return RESULT;
  }

  private void assertTold(String said) {
    assertThat(called).containsExactly("Lyon saturday");
    assertThat(said).isEqualTo(SAID);
  }

  @Test
  void openai() {
    OpenAIClient client =
        OpenAIOkHttpClient.builder()
            .apiKey(PlatformFixture.KEY)
            .baseUrl(PLATFORM.url() + "/v1")
            .maxRetries(0)
            .build();
    ChatCompletionCreateParams.Builder conversation =
        ChatCompletionCreateParams.builder()
            .model("tools")
            .temperature(0.0)
            .addUserMessage(QUESTION)
            .addFunctionTool(
                FunctionDefinition.builder()
                    .name(NAME)
                    .description(DESCRIPTION)
                    .parameters(
                        FunctionParameters.builder()
                            .putAdditionalProperty("type", com.openai.core.JsonValue.from("object"))
                            .putAdditionalProperty(
                                "properties", com.openai.core.JsonValue.from(properties()))
                            .putAdditionalProperty(
                                "required", com.openai.core.JsonValue.from(List.of("city", "day")))
                            .build())
                    .build());
    ChatCompletion.Choice asked =
        client.chat().completions().create(conversation.build()).choices().getFirst();
    conversation.addMessage(asked.message());
    asked
        .message()
        .toolCalls()
        .orElseThrow()
        .forEach(call ->
            conversation.addMessage(
                ChatCompletionToolMessageParam.builder()
                    .toolCallId(call.asFunction().id())
                    .content(weather(call.asFunction().function().arguments()))
                    .build()));

    assertTold(
        client
            .chat()
            .completions()
            .create(conversation.build())
            .choices()
            .getFirst()
            .message()
            .content()
            .orElseThrow());
  }

  @Test
  void anthropic() {
    AnthropicClient client =
        AnthropicOkHttpClient.builder()
            .apiKey(PlatformFixture.KEY)
            .baseUrl(PLATFORM.url())
            .maxRetries(0)
            .build();
    Tool.InputSchema.Properties.Builder properties = Tool.InputSchema.Properties.builder();
    properties()
        .forEach((name, type) -> properties.putAdditionalProperty(name, JsonValue.from(type)));
    MessageCreateParams.Builder conversation =
        MessageCreateParams.builder()
            .model("tools")
            .maxTokens(200)
            .putAdditionalBodyProperty(
                "temperature", JsonValue.from(0)) // the client has no field for it
            .addUserMessage(QUESTION)
            .addTool(
                Tool.builder()
                    .name(NAME)
                    .description(DESCRIPTION)
                    .inputSchema(
                        Tool.InputSchema.builder()
                            .properties(properties.build())
                            .required(List.of("city", "day"))
                            .build())
                    .build());
    Message asked = client.messages().create(conversation.build());
    assertThat(asked.stopReason()).contains(StopReason.TOOL_USE);
    ToolUseBlock use = asked.content().getFirst().asToolUse();
    ToolResultBlockParam result =
        ToolResultBlockParam.builder()
            .toolUseId(use.id())
            .content(weather(JSON.valueToTree(use._input().convert(Map.class))))
            .build();
    conversation
        .addMessage(asked)
        .addUserMessageOfContentBlockParams(List.of(ContentBlockParam.ofToolResult(result)));

    assertTold(client.messages().create(conversation.build()).content().getFirst().asText().text());
  }

  /** Answers of LangChain4j's own loop. */
  interface Assistant {
    String chat(String question);
  }

  @Test
  void langchain4j() {
    OpenAiChatModel model =
        OpenAiChatModel.builder()
            .baseUrl(PLATFORM.url() + "/v1")
            .apiKey(PlatformFixture.KEY)
            .modelName("tools")
            .temperature(0.0)
            .build();
    ToolSpecification tool =
        ToolSpecification.builder()
            .name(NAME)
            .description(DESCRIPTION)
            .parameters(
                JsonObjectSchema.builder()
                    .addStringProperty("city")
                    .addStringProperty("day")
                    .required("city", "day")
                    .build())
            .build();
    ToolExecutor executor = (request, memory) -> weather(request.arguments());

    assertTold(
        AiServices.builder(Assistant.class)
            .chatModel(model)
            .tools(Map.of(tool, executor))
            .build()
            .chat(QUESTION));
  }

  /** What Spring AI reads the arguments into. */
  record Asked(String city, String day) {}

  @Test
  void spring_ai() {
    OpenAiChatOptions options =
        OpenAiChatOptions.builder()
            .baseUrl(PLATFORM.url() + "/v1")
            .apiKey(PlatformFixture.KEY)
            .model("tools")
            .temperature(0.0)
            .build();
    FunctionToolCallback<Asked, JsonNode> tool =
        FunctionToolCallback.builder(
                NAME,
                (Asked asked) -> {
                  called.add(asked.city() + " " + asked.day());
                  return PlatformFixture.parse(RESULT);
                })
            .description(DESCRIPTION)
            .inputType(Asked.class)
            .build();

    assertTold(
        ChatClient.create(
                org.springframework.ai.openai.OpenAiChatModel.builder().options(options).build())
            .prompt(QUESTION)
            .toolCallbacks(tool)
            .call()
            .content());
  }

  private static Map<String, Object> properties() {
    Map<String, Object> properties = new LinkedHashMap<>();
    properties.put("city", Map.of("type", "string"));
    properties.put("day", Map.of("type", "string"));
    return properties;
  }
}
