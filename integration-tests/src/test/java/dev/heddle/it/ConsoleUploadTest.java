package dev.heddle.it;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions.ContainsTextOptions;
import com.microsoft.playwright.assertions.PageAssertions.HasURLOptions;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * A folder's upload from a browser that is interrupted by a reload of the page, and then by a
 * restart of the server. {@code -Dheddle.console.upload-megabytes=200} says how large it is.
 */
class ConsoleUploadTest {
  private static final int MEGABYTES = Integer.getInteger("heddle.console.upload-megabytes", 24);

  /** Larger documents are not kept. */
  private static final int FILE_MEGABYTES_MAX = 30;

  private static final List<String> DOCUMENTS =
      List.of(
          "README.md",
          "LICENSE",
          "merges.txt",
          "vocab.json",
          "added_tokens.json",
          "special_tokens_map.json",
          "tokenizer.model");
  private static final int PART = 8 << 20;
  private static final double PATIENCE_MS = 180_000;

  /** Keeps the part at one offset from being sent, until the page is loaded again or lets go. */
  private static final String HELD =
      """
      const real = window.fetch;
      const held = sessionStorage.getItem('held') ?? '8388608';
      let free;
      const letGo = new Promise((resolve) => (free = resolve));
      window.letGo = () => free();
      let once = false;
      window.fetch = async (url, init) => {
        if (!once && init?.headers?.['Upload-Offset'] === held) {
          once = true;
          await letGo;
        }
        return real(url, init);
      };
      """;

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  Path folder;

  @Test
  @Timeout(value = 15, unit = TimeUnit.MINUTES)
  void an_upload_goes_on_after_a_reload_and_after_a_restart() throws Exception {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path adapter = adapter(folder.resolve("adapter"));
    try (PlatformProcess platform = PlatformProcess.start(folder.resolve("data"));
        ConsoleVisit visit = ConsoleVisit.of(platform.url(), PlatformFixture.KEY)) {
      Page page = visit.page;
      page.addInitScript(HELD);
      page.onDialog(dialog -> dialog.accept()); // whether to leave amid an upload
      List<Integer> sent = new CopyOnWriteArrayList<>();
      page.onRequest(request -> {
        String offset = request.headers().get("upload-offset");
        if (request.method().equals("PATCH") && offset != null) {
          sent.add(Integer.parseInt(offset));
        }
      });
      visit.open("/console/adapters");
      begin(page, adapter);
      assertThat(page.locator("[id='file-README.md']")).containsText("8.0 MiB of", patience());

      page.evaluate("sessionStorage.setItem('held', '16777216')");
      page.reload();
      page.locator("[data-open=upload]:visible").first().click();
      assertThat(page.locator("#upload-resume")).containsText("long@1 is on its way");
      sent.clear();
      page.locator("#folder").setInputFiles(adapter);
      assertThat(page.locator("[id='file-README.md']")).containsText("16.0 MiB of", patience());
      assertThat(sent).containsExactly(PART);

      platform.kill();
      page.evaluate("window.letGo()");
      assertThat(page.locator("#upload-said")).containsText("The way is broken", patience());
      sent.clear();
      platform.startAgain();
      assertThat(page)
          .hasURL(
              platform.url() + "/console/adapters/long",
              new HasURLOptions().setTimeout(PATIENCE_MS));
      assertThat(page.locator(".toast")).containsText("long@1 is ready");
      assertThat(sent).first().isEqualTo(2 * PART);
      assertStored(platform, adapter);
    }
  }

  private static ContainsTextOptions patience() {
    return new ContainsTextOptions().setTimeout(PATIENCE_MS);
  }

  private static void begin(Page page, Path adapter) {
    page.locator("[data-open=upload]:visible").first().click();
    Locator name = page.locator("#upload-form [name=name]");
    name.fill("long");
    page.locator("#folder").setInputFiles(adapter);
  }

  /** A demo adapter with documents beside it that make it as large as it has to be. */
  private static Path adapter(Path folder) throws IOException {
    Files.createDirectories(folder);
    for (String file : List.of("expert_cfg.json", "model.safetensors")) {
      Files.copy(PlatformFixture.DEMO.resolve("adapters/sql/" + file), folder.resolve(file));
    }
    Random random = new Random(1);
    List<String> names = new ArrayList<>(DOCUMENTS);
    write(folder.resolve(names.removeFirst()), 3 * PART, random);
    for (int rest = MEGABYTES - 24; rest > 0; rest -= FILE_MEGABYTES_MAX) {
      int bytes = Math.min(rest, FILE_MEGABYTES_MAX) << 20;
      write(folder.resolve(names.removeFirst()), bytes, random);
    }
    return folder;
  }

  private static void write(Path file, int size, Random random) throws IOException {
    byte[] bytes = new byte[size];
    random.nextBytes(bytes);
    Files.write(file, bytes);
  }

  private void assertStored(PlatformProcess platform, Path adapter)
      throws IOException, InterruptedException {
    Path copy = folder.resolve("long-1");
    try (InputStream archive =
        PlatformFixture.client()
            .send(
                platform.request("/api/v1/adapters/long/versions/1/archive").build(),
                BodyHandlers.ofInputStream())
            .body()) {
      AdapterArchive.unpack(archive, folder);
    }
    AdapterArchive.assertSame(copy, adapter);
    assertThat(copy.resolve("README.md")).hasSameBinaryContentAs(adapter.resolve("README.md"));
  }
}
