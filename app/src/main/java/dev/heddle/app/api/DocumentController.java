package dev.heddle.app.api;

import dev.heddle.app.tenant.Open;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * The API's document, as it was checked in. Needs no key: it tells what the sources tell, and
 * generators of clients have none.
 */
@RestController
@Open
@Tag(name = "Document")
final class DocumentController {
  private final Resource document = new ClassPathResource("openapi.json", DocumentController.class);

  @Operation(summary = "Show this document: OpenAPI 3.1.")
  @GetMapping(path = "/api/v1/openapi.json", produces = MediaType.APPLICATION_JSON_VALUE)
  Resource document() {
    return document;
  }
}
