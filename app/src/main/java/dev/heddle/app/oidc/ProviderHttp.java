package dev.heddle.app.oidc;

import com.nimbusds.jose.util.Resource;
import com.nimbusds.jose.util.ResourceRetriever;
import com.nimbusds.oauth2.sdk.http.HTTPRequestSender;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import com.nimbusds.oauth2.sdk.http.ReadOnlyHTTPRequest;
import com.nimbusds.oauth2.sdk.http.ReadOnlyHTTPResponse;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Questions to the provider: whole answers of at most {@link #BYTES_MAX} within a time, no
 * redirects, and nothing over an open wire. Blocks; safe for any thread.
 */
final class ProviderHttp implements HTTPRequestSender, ResourceRetriever {
  private static final int BYTES_MAX = 1 << 20;

  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();
  private final boolean mayBePlain;
  private final Duration patience;

  /**
   * @param mayBePlain whether HTTP without TLS will do: of a provider on this machine
   * @param patience how long a whole answer may take
   */
  ProviderHttp(boolean mayBePlain, Duration patience) {
    this.mayBePlain = mayBePlain;
    this.patience = patience;
  }

  @Override
  public ReadOnlyHTTPResponse send(ReadOnlyHTTPRequest question) throws IOException {
    HttpRequest.Builder request = request(question.getURI());
    question
        .getHeaderMap()
        .forEach((name, values) -> values.forEach(value -> request.header(name, value)));
    String body = question.getBody();
    HttpResponse<byte[]> answer =
        send(
            request
                .method(
                    question.getMethod().name(),
                    body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                .build());
    HTTPResponse response = new HTTPResponse(answer.statusCode());
    answer
        .headers()
        .firstValue("Content-Type")
        .ifPresent(type -> response.setHeader("Content-Type", type));
    response.setBody(new String(answer.body(), StandardCharsets.UTF_8));
    return response;
  }

  @Override
  public Resource retrieveResource(URL url) throws IOException {
    return new Resource(text(URI.create(url.toString())), "application/json");
  }

  /** What lies at an address. */
  String text(URI address) throws IOException {
    HttpResponse<byte[]> answer =
        send(request(address).header("Accept", "application/json").GET().build());
    if (answer.statusCode() != 200) {
      throw new IOException(address + " answered " + answer.statusCode());
    }
    return new String(answer.body(), StandardCharsets.UTF_8);
  }

  /** Whether the provider may be asked there, and browsers sent there. */
  boolean isSafe(URI address) {
    String scheme = address.getScheme();
    return address.getHost() != null
        && ("https".equalsIgnoreCase(scheme) || (mayBePlain && "http".equalsIgnoreCase(scheme)));
  }

  private HttpRequest.Builder request(URI address) throws IOException {
    if (!isSafe(address)) {
      throw new IOException(address + " is no https address");
    }
    return HttpRequest.newBuilder(address).timeout(patience);
  }

  private HttpResponse<byte[]> send(HttpRequest request) throws IOException {
    CompletableFuture<HttpResponse<byte[]>> answer =
        client.sendAsync(request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), BYTES_MAX));
    try {
      return answer.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new IOException(request.uri() + " did not answer in time");
    } catch (ExecutionException e) {
      throw new IOException(request.uri() + " failed: " + e.getCause(), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } finally {
      answer.cancel(true);
    }
  }
}
