package dev.heddle.console;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.util.UriUtils;

/** Pages in the place of those that cannot be shown. */
@ControllerAdvice(basePackageClasses = Failures.class)
final class Failures {
  private static final Logger log = LoggerFactory.getLogger(Failures.class);

  private final Pages pages;

  Failures(Pages pages) {
    this.pages = pages;
  }

  /** Leads to the sign-in page, and from there back. */
  @ExceptionHandler
  void signedOut(SignedOutException e, ServerWebExchange exchange) {
    ServerHttpRequest request = exchange.getRequest();
    ServerHttpResponse response = exchange.getResponse();
    String query = request.getURI().getRawQuery();
    String here = request.getPath().value() + (query == null ? "" : "?" + query);
    String there = "/console/sign-in?next=" + UriUtils.encode(here, StandardCharsets.UTF_8);
    if (request.getHeaders().containsHeader("HX-Request")) {
      response.setStatusCode(HttpStatus.NO_CONTENT);
      response.getHeaders().set("HX-Redirect", there);
      return;
    }
    response.setStatusCode(HttpStatus.SEE_OTHER);
    response.getHeaders().setLocation(URI.create(there));
  }

  @ExceptionHandler
  String refused(Refusal e, Model model, ServerWebExchange exchange) {
    return page(model, exchange, HttpStatusCode.valueOf(e.status()), e.title(), e.detail());
  }

  @ExceptionHandler
  String elsewhere(ResponseStatusException e, Model model, ServerWebExchange exchange) {
    return page(
        model,
        exchange,
        e.getStatusCode(),
        "This page cannot be shown",
        e.getReason() == null ? "The address is not right." : e.getReason());
  }

  @ExceptionHandler
  String failed(RuntimeException e, Model model, ServerWebExchange exchange) {
    log.error("the page {} failed", exchange.getRequest().getPath().value(), e);
    return page(
        model,
        exchange,
        HttpStatus.INTERNAL_SERVER_ERROR,
        "This page failed",
        "That is a fault of the server's. Its log says more; try again, or tell the operator.");
  }

  private String page(
      Model model, ServerWebExchange exchange, HttpStatusCode status, String title, String detail) {
    exchange.getResponse().setStatusCode(status);
    model.addAttribute("failure", title);
    model.addAttribute("detail", detail);
    model.addAttribute("status", status.value());
    return pages.show(model, "failure", null);
  }
}
