package dev.heddle.it;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.ColorScheme;
import java.util.ArrayList;
import java.util.List;

/**
 * A browser of somebody who has signed in, watched: what a page did against its content security
 * policy, its scripts' errors, and every request that left the host.
 */
final class ConsoleVisit implements AutoCloseable {
  private static final String WATCH =
      "addEventListener('securitypolicyviolation', (event) =>"
          + " console.error('POLICY ' + event.violatedDirective + ' ' + event.blockedURI));";

  /** In milliseconds: a machine that builds may be busy. */
  private static final int PATIENCE_MS = 20_000;

  final Page page;
  final List<String> faults = new ArrayList<>();
  private final String url;
  private final BrowserContext context;

  private ConsoleVisit(String url, Browser.NewContextOptions options) {
    this.url = url;
    this.context = Chromium.get().newContext(options);
    context.setDefaultTimeout(PATIENCE_MS);
    PlaywrightAssertions.setDefaultAssertionTimeout(PATIENCE_MS);
    context.addInitScript(WATCH);
    context.onRequest(request -> {
      if (!request.url().startsWith(url + "/")
          && !request.url().startsWith("blob:" + url)
          && !request.url().startsWith("data:image/")) {
        faults.add("asked for " + request.url());
      }
    });
    page = context.newPage();
    page.onPageError(error -> faults.add("script: " + error));
    page.onConsoleMessage(message -> {
      if (message.text().startsWith("POLICY") || message.text().contains("Content Security")) {
        faults.add(message.text());
      }
    });
  }

  /** A browser that has not signed in. */
  static ConsoleVisit stranger(String url) {
    return stranger(url, wide(ColorScheme.LIGHT));
  }

  static ConsoleVisit stranger(String url, Browser.NewContextOptions options) {
    return new ConsoleVisit(url, options);
  }

  /** On a desk of 1280 x 800 pixels, in light colours. */
  static ConsoleVisit of(String url, String key) {
    return of(url, key, wide(ColorScheme.LIGHT));
  }

  static ConsoleVisit of(String url, String key, Browser.NewContextOptions options) {
    ConsoleVisit visit = new ConsoleVisit(url, options);
    visit.open("/console");
    visit.signIn(key);
    visit.page.waitForURL(url + "/console");
    return visit;
  }

  static Browser.NewContextOptions wide(ColorScheme colors) {
    return new Browser.NewContextOptions()
        .setViewportSize(1280, 800)
        .setLocale("en-GB")
        .setTimezoneId("Europe/Berlin")
        .setColorScheme(colors);
  }

  void signIn(String key) {
    page.locator("[name=key]").fill(key);
    page.locator("button[type=submit]").click();
  }

  /** Opens a page of the console's, and waits until its own requests have ended. */
  void open(String path) {
    page.navigate(url + path);
  }

  /** Presses a button and agrees to what it asks. */
  void agree(String button) {
    page.locator("main button:has-text('" + button + "'):visible").first().click();
    page.locator("#confirm [data-answer=yes]").click();
  }

  @Override
  public void close() {
    context.close();
  }
}
