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
import com.anthropic.models.messages.ToolChoiceAny;
import com.anthropic.models.messages.ToolChoiceAuto;
import com.anthropic.models.messages.ToolResultBlockParam;
import com.anthropic.models.messages.ToolUseBlock;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.models.FunctionDefinition;
import com.openai.models.FunctionParameters;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionToolChoiceOption;
import com.openai.models.chat.completions.ChatCompletionToolMessageParam;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ToolChoice;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.openai.OpenAiChatModel;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.messages.ToolResponseMessage;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.openai.OpenAiChatOptions;
import org.springframework.ai.tool.function.FunctionToolCallback;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Java's clients that call tools: the model calls a function, is told its result, and tells it. */
class ToolLoopsTest {
  private static final PlatformFixture PLATFORM = PlatformFixture.get();
  private static final String QUESTION = "what is the weather in Lyon on Saturday?";
  private static final List<String> CITIES = List.of("Lyon", "Paris");
  private static final List<String> DAYS = List.of("saturday", "sunday");
  private static final String NAME = "weather";
  private static final String DESCRIPTION = "Weather of a city on a day";
  private static final String RESULT = "{\"weather\": \"sunny\", \"degrees\": 21}";
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
    assertThat(said).contains("It will be sunny.");
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
            .maxCompletionTokens(200)
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
                            .putAdditionalProperty(
                                "additionalProperties", com.openai.core.JsonValue.from(false))
                            .build())
                    .build());
    ChatCompletion.Choice asked =
        client
            .chat()
            .completions()
            .create(conversation.toolChoice(ChatCompletionToolChoiceOption.Auto.REQUIRED).build())
            .choices()
            .getFirst();
    conversation.addMessage(asked.message()).toolChoice(ChatCompletionToolChoiceOption.Auto.AUTO);
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
            .orElse(""));
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
                            .putAdditionalProperty("additionalProperties", JsonValue.from(false))
                            .build())
                    .build());
    Message asked =
        client.messages().create(conversation.toolChoice(ToolChoiceAny.builder().build()).build());
    assertThat(asked.stopReason()).contains(StopReason.TOOL_USE);
    ToolUseBlock use = asked.content().getFirst().asToolUse();
    ToolResultBlockParam result =
        ToolResultBlockParam.builder()
            .toolUseId(use.id())
            .content(weather(JSON.valueToTree(use._input().convert(Map.class))))
            .build();
    conversation
        .addMessage(asked)
        .toolChoice(ToolChoiceAuto.builder().build())
        .addUserMessageOfContentBlockParams(List.of(ContentBlockParam.ofToolResult(result)));

    assertTold(client.messages().create(conversation.build()).content().toString());
  }

  @Test
  void langchain4j() {
    OpenAiChatModel model =
        OpenAiChatModel.builder()
            .baseUrl(PLATFORM.url() + "/v1")
            .apiKey(PlatformFixture.KEY)
            .modelName("tools")
            .temperature(0.0)
            .maxTokens(200)
            .build();
    ToolSpecification tool =
        ToolSpecification.builder()
            .name(NAME)
            .description(DESCRIPTION)
            .parameters(
                JsonObjectSchema.builder()
                    .addEnumProperty("city", CITIES)
                    .addEnumProperty("day", DAYS)
                    .required("city", "day")
                    .build())
            .build();
    List<ChatMessage> messages = new ArrayList<>(List.of(UserMessage.from(QUESTION)));
    AiMessage asked =
        model
            .chat(
                ChatRequest.builder()
                    .messages(messages)
                    .toolSpecifications(tool)
                    .toolChoice(ToolChoice.REQUIRED)
                    .build())
            .aiMessage();
    messages.add(asked);
    for (ToolExecutionRequest call : asked.toolExecutionRequests()) {
      messages.add(ToolExecutionResultMessage.from(call, weather(call.arguments())));
    }

    ChatRequest told = ChatRequest.builder().messages(messages).toolSpecifications(tool).build();
    assertTold(model.chat(told).aiMessage().toString());
  }

  /** What Spring AI makes a schema of. */
  record Asked(City city, Day day) {
    enum City {
      Lyon,
      Paris
    }

    enum Day {
      saturday,
      sunday
    }
  }

  @Test
  void spring_ai() {
    FunctionToolCallback<Asked, JsonNode> tool =
        FunctionToolCallback.builder(NAME, (Asked asked) -> PlatformFixture.parse(RESULT))
            .description(DESCRIPTION)
            .inputType(Asked.class)
            .build();
    OpenAiChatOptions.Builder options =
        OpenAiChatOptions.builder()
            .baseUrl(PLATFORM.url() + "/v1")
            .apiKey(PlatformFixture.KEY)
            .model("tools")
            .temperature(0.0)
            .maxTokens(200)
            .toolCallbacks(List.of(tool));
    ChatModel model =
        org.springframework.ai.openai.OpenAiChatModel.builder().options(options.build()).build();
    List<org.springframework.ai.chat.messages.Message> messages =
        new ArrayList<>(List.of(new org.springframework.ai.chat.messages.UserMessage(QUESTION)));
    AssistantMessage asked = said(model, messages, options.toolChoice("required").build());
    messages.add(asked);
    List<ToolResponseMessage.ToolResponse> results =
        asked.getToolCalls().stream()
            .map(call ->
                new ToolResponseMessage.ToolResponse(
                    call.id(), call.name(), weather(call.arguments())))
            .toList();
    messages.add(ToolResponseMessage.builder().responses(results).build());

    assertTold(said(model, messages, options.toolChoice("auto").build()).toString());
  }

  private static AssistantMessage said(
      ChatModel model,
      List<org.springframework.ai.chat.messages.Message> messages,
      OpenAiChatOptions options) {
    return model.call(new Prompt(messages, options)).getResult().getOutput();
  }

  private static Map<String, Object> properties() {
    Map<String, Object> properties = new LinkedHashMap<>();
    properties.put("city", Map.of("enum", CITIES));
    properties.put("day", Map.of("enum", DAYS));
    return properties;
  }
}
