package dev.heddle.app.client;

import dev.heddle.cli.ByteText;
import dev.heddle.cli.Console;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/**
 * Shows an upload: on a terminal a bar that grows for each large file, and a line for each file.
 */
final class PushProgress implements AdapterPush.Watcher {
  private static final int BAR_ABOVE_BYTES = 1 << 20;

  private final Console console;

  PushProgress(Console console) {
    this.console = console;
  }

  @Override
  public InputStream watch(Path file, long from, InputStream bytes) {
    long length = size(file);
    if (!console.isTerminal() || length - from < BAR_ABOVE_BYTES) {
      return bytes;
    }
    ProgressBarBuilder bar =
        ProgressBar.builder()
            .setTaskName(String.valueOf(file.getFileName()))
            .setInitialMax(length)
            .startsFrom(from, Duration.ZERO)
            .setUnit(" MB", 1_000_000)
            .setStyle(ProgressBarStyle.ASCII)
            .showSpeed();
    return ProgressBar.wrap(bytes, bar);
  }

  @Override
  public void present(Path file) {
    console.note(file.getFileName() + ": there already");
  }

  @Override
  public void sent(Path file, long from) {
    long length = size(file);
    String sent = ByteText.of(length - from);
    console.note(
        file.getFileName()
            + ": "
            + (from == 0
                ? sent + " sent"
                : sent + " of " + ByteText.of(length) + " sent, the rest was there already"));
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      return 0; // reading it will say more
    }
  }
}
