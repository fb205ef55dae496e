package dev.heddle.console;

/**
 * How an adapter is called from here.
 *
 * @param origin scheme, host and port as the viewer's browser knows them
 */
public record Snippets(String origin) {
  /** For a shell. */
  public String curl(String name) {
    return """
    curl -N %s/v1/chat/completions \\
      -H "Authorization: Bearer $HEDDLE_KEY" -H 'Content-Type: application/json' \\
      -d '{"model": "%s", "stream": true, "messages": [{"role": "user", "content": "Hello"}]}'
    """
        .formatted(origin, name);
  }

  /** For OpenAI's Python client. */
  public String python(String name) {
    return """
    import os
    from openai import OpenAI

    client = OpenAI(base_url="%s/v1", api_key=os.environ["HEDDLE_KEY"])
    answer = client.chat.completions.create(
        model="%s",
        messages=[{"role": "user", "content": "Hello"}],
    )
    print(answer.choices[0].message.content)
    """
        .formatted(origin, name);
  }

  /** For OpenAI's Java client. */
  public String java(String name) {
    return """
    OpenAIClient client =
        OpenAIOkHttpClient.builder()
            .baseUrl("%s/v1")
            .apiKey(System.getenv("HEDDLE_KEY"))
            .build();
    ChatCompletionCreateParams request =
        ChatCompletionCreateParams.builder().model("%s").addUserMessage("Hello").build();
    System.out.println(
        client.chat().completions().create(request).choices().get(0).message().content());
    """
        .formatted(origin, name);
  }
}
