package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.StreamResponse;
import com.openai.errors.NotFoundException;
import com.openai.errors.UnauthorizedException;
import com.openai.models.FunctionDefinition;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.completions.CompletionCreateParams;
import com.openai.models.responses.ResponseCreateParams;
import com.openai.models.responses.ResponseStreamEvent;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The platform as OpenAI's own Java client sees it. */
class OpenAiClientTest {
  private static final PlatformFixture PLATFORM = PlatformFixture.get();

  private final OpenAIClient client = client(PlatformFixture.KEY);

  @Test
  void an_adapter_answers_a_chat() {
    ChatCompletion answer = client.chat().completions().create(chat("intent"));

    assertThat(answer.model()).isEqualTo("intent");
    assertThat(answer.choices().getFirst().message().content().orElseThrow())
        .startsWith("{\"intent")
        .endsWith("}");
    assertThat(answer.choices().getFirst().finishReason())
        .isEqualTo(ChatCompletion.Choice.FinishReason.STOP);
    assertThat(answer.usage().orElseThrow().completionTokens()).isPositive();
  }

  @Test
  void a_streamed_chat_is_the_same_in_pieces() {
    String whole =
        client
            .chat()
            .completions()
            .create(chat("intent"))
            .choices()
            .getFirst()
            .message()
            .content()
            .orElseThrow();
    try (StreamResponse<ChatCompletionChunk> stream =
        client.chat().completions().createStreaming(chat("intent"))) {
      String pieces =
          stream.stream()
              .flatMap(chunk -> chunk.choices().stream())
              .map(choice -> choice.delta().content().orElse(""))
              .collect(Collectors.joining());

      assertThat(pieces).isEqualTo(whole);
    }
  }

  @Test
  void the_base_completes_a_text() {
    var answer =
        client
            .completions()
            .create(
                CompletionCreateParams.builder()
                    .model("base")
                    .prompt("the old dog")
                    .maxTokens(8)
                    .temperature(0.0)
                    .build());

    assertThat(answer.choices()).hasSize(1);
  }

  @Test
  void a_response_is_read_whole_and_in_pieces() {
    ResponseCreateParams request =
        ResponseCreateParams.builder()
            .model("intent")
            .input("turn on the lights in the kitchen")
            .maxOutputTokens(96)
            .temperature(0.0)
            .build();
    String whole =
        client
            .responses()
            .create(request)
            .output()
            .getFirst()
            .asMessage()
            .content()
            .getFirst()
            .asOutputText()
            .text();
    assertThat(whole).startsWith("{\"intent").endsWith("}");
    try (StreamResponse<ResponseStreamEvent> stream = client.responses().createStreaming(request)) {
      List<ResponseStreamEvent> events = stream.stream().toList();
      String pieces =
          events.stream()
              .flatMap(event -> event.outputTextDelta().stream())
              .map(delta -> delta.delta())
              .collect(Collectors.joining());

      assertThat(pieces).isEqualTo(whole);
      assertThat(events.getLast().isCompleted()).isTrue();
    }
  }

  @Test
  void tools_and_their_results_are_taken() {
    ChatCompletionCreateParams request =
        ChatCompletionCreateParams.builder()
            .model("intent")
            .addUserMessage("turn on the lights in the kitchen")
            .addFunctionTool(
                FunctionDefinition.builder().name("light").description("A lamp.").build())
            .parallelToolCalls(false)
            .maxCompletionTokens(8)
            .build();

    assertThat(client.chat().completions().create(request).choices()).hasSize(1);
  }

  @Test
  void models_are_listed_and_found() {
    assertThat(client.models().list().data())
        .extracting(model -> model.id())
        .contains("base", "intent", "sql", "redact", "tools");
    assertThat(client.models().retrieve("intent@1").id()).isEqualTo("intent@1");
  }

  @Test
  void refusals_are_the_client_s_own_exceptions() {
    assertThatExceptionOfType(NotFoundException.class)
        .isThrownBy(() -> client.chat().completions().create(chat("nobody")))
        .satisfies(e -> assertThat(e.code()).hasValue("model_not_found"));
    assertThatExceptionOfType(UnauthorizedException.class)
        .isThrownBy(() -> client("wrong").models().list())
        .satisfies(e -> assertThat(e.code()).hasValue("invalid_api_key"));
  }

  private static OpenAIClient client(String key) {
    return OpenAIOkHttpClient.builder()
        .apiKey(key)
        .baseUrl(PLATFORM.url() + "/v1")
        .maxRetries(0)
        .build();
  }

  private static ChatCompletionCreateParams chat(String model) {
    return ChatCompletionCreateParams.builder()
        .model(model)
        .addUserMessage("turn on the lights in the kitchen")
        .maxCompletionTokens(96)
        .temperature(0.0)
        .build();
  }
}
