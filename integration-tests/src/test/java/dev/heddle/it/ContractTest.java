package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.it.contract.Breaks;
import dev.heddle.it.contract.ContractDocument;
import dev.heddle.it.contract.DerivedDocument;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/**
 * The API's document is checked in, and is what the application does. After a change of the API,
 * {@code tools/openapi} writes it anew; a change that breaks clients has to be said to be one:
 * {@code tools/openapi break}.
 */
class ContractTest {
  private static final PlatformFixture PLATFORM = PlatformFixture.get();
  private static final Path REPOSITORY = Path.of(System.getProperty("heddle.repo"));
  private static final Path FILE = REPOSITORY.resolve("docs/openapi.json");

  /** {@code write} or {@code break}, set by {@code tools/openapi}. */
  private static final String WANTED = System.getProperty("heddle.openapi", "");

  private static ObjectNode derived;
  private static ObjectNode document;

  @BeforeAll
  static void derive() throws IOException {
    derived = (ObjectNode) PlatformFixture.expect(200, PLATFORM.get(DerivedDocument.PATH));
    document = ContractDocument.of(derived, REPOSITORY);
    boolean compatible = !Files.exists(FILE) || Breaks.between(checkedIn(), document).isEmpty();
    if (WANTED.equals("break") || (WANTED.equals("write") && compatible)) {
      Files.writeString(FILE, ContractDocument.text(document));
    }
  }

  @Test
  void every_handler_is_in_the_document_with_a_summary_and_schemas() {
    assertThat(ContractDocument.gaps(derived, document)).isEmpty();
  }

  @Test
  void nothing_that_clients_rely_on_was_taken_from_them() throws IOException {
    List<String> breaks = Breaks.between(checkedIn(), document);

    assertThat(breaks).as("breaks clients; if it has to be: tools/openapi break").isEmpty();
  }

  @Test
  void the_document_that_is_checked_in_is_the_applications() throws IOException {
    assertThat(Files.readString(FILE).equals(ContractDocument.text(document)))
        .as("docs/openapi.json is the application's; to write it anew: tools/openapi")
        .isTrue();
  }

  @Test
  void the_document_is_served_to_everybody() {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(PLATFORM.url() + "/api/v1/openapi.json")).build();
    HttpResponse<String> response = PlatformFixture.send(request);

    assertThat(PlatformFixture.expect(200, response).path("openapi").stringValue())
        .isEqualTo("3.1.0");
    assertThat(response.headers().firstValue("content-type")).hasValue("application/json");
  }

  private static ObjectNode checkedIn() throws IOException {
    return (ObjectNode) PlatformFixture.parse(Files.readString(FILE));
  }
}
