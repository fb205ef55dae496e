package dev.heddle.registry.upload;

import dev.heddle.format.Digest;
import dev.heddle.format.Digests;
import dev.heddle.registry.adapter.Version;
import dev.heddle.registry.adapter.VersionState;
import dev.heddle.registry.db.DatabaseSettings;
import dev.heddle.registry.testing.TestRegistry;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A process to be killed: uploads, completes, archives and collects garbage until it ends, and says
 * on stdout what it begins and what was acknowledged to it, as {@link UploadCrashTest} reads it.
 */
final class UploadLoop implements Runnable {
  static final int THREADS = 2;
  static final int LENGTH = 400_000;
  private static final List<String> PATHS = List.of("config.json", "tokenizer.json", "LICENSE");

  private final TestRegistry registry;
  private final Random random;
  private final String name;
  private final Version open;
  private final List<Upload> uploads = new ArrayList<>();

  private UploadLoop(TestRegistry registry, String name, long seed) {
    this.registry = registry;
    this.random = new Random(seed);
    this.name = name;
    this.open = begin(name);
  }

  /** Arguments: folder, URL, owner, password, prefix of names, seed. */
  public static void main(String[] args) {
    TestRegistry registry =
        TestRegistry.open(Path.of(args[0]), DatabaseSettings.of(args[1], args[2], args[3]));
    for (int thread = 0; thread < THREADS; thread++) {
      UploadLoop loop =
          new UploadLoop(registry, args[4] + thread, Long.parseLong(args[5]) * THREADS + thread);
      new Thread(loop).start();
    }
    say("started");
  }

  /** What the file of a resumable upload has; anybody can tell from its path. */
  static byte[] content(String path) {
    byte[] bytes = new byte[LENGTH];
    new Random(path.hashCode()).nextBytes(bytes);
    return bytes;
  }

  static Digest sha256(byte[] bytes) {
    return Digest.of(Digests.sha256().digest(bytes));
  }

  @Override
  public void run() {
    while (true) {
      switch (random.nextInt(10)) {
        case 0, 1, 2 -> put();
        case 3, 4, 5, 6 -> resume();
        case 7 -> terminate();
        case 8 -> complete();
        default -> registry.garbage.collect();
      }
    }
  }

  private void put() {
    String path = PATHS.get(random.nextInt(PATHS.size()));
    byte[] bytes = new byte[random.nextInt(50_000)];
    random.nextBytes(bytes);
    say("begin-file", name, path, sha256(bytes));
    registry.put(open, path, bytes);
    say("file", name, path, sha256(bytes));
  }

  private void resume() {
    if (uploads.size() < 3) {
      String path = "part-" + random.nextInt(1_000_000_000) + ".safetensors";
      Upload created = registry.resumable.create(open, path, LENGTH, null, "");
      uploads.add(created);
      say("offset", name, path, created.id(), 0);
    }
    Upload upload = uploads.removeFirst();
    byte[] bytes = content(upload.path());
    int from = Math.toIntExact(upload.offset());
    int most = LENGTH - from;
    int size = random.nextInt(3) == 0 ? most : random.nextInt(most + 1);
    try (UploadPart part = registry.resumable.append(open, upload.id(), from)) {
      for (int at = from; at < from + size; ) {
        int piece = Math.min(20_000, from + size - at);
        part.write(ByteBuffer.wrap(bytes, at, piece));
        at += piece;
      }
      Upload now = part.finish();
      say("offset", name, upload.path(), upload.id(), now.offset());
      if (!now.isWhole()) {
        uploads.add(now);
      }
    }
  }

  private void terminate() {
    if (!uploads.isEmpty()) {
      Upload upload = uploads.removeFirst();
      say("begin-terminate", name, upload.path(), upload.id());
      registry.resumable.terminate(open, upload.id());
      say("terminated", name, upload.path(), upload.id());
    }
  }

  private void complete() {
    String adapter = name + "-whole";
    Version version =
        registry.upload(registry.tenant, adapter, registry.adapterFolder(1 + random.nextInt(2)));
    if (random.nextInt(3) == 0) {
      registry.put(version, "expert_cfg.json", new byte[] {'{'});
    }
    Version done = registry.ingest.complete(TestRegistry.ACTOR, version);
    say("done", adapter, done.number(), done.state());
    if (done.state() == VersionState.READY && random.nextBoolean()) {
      say("begin-archive", adapter, done.number());
      registry.versions.archive(TestRegistry.ACTOR, registry.tenant.id(), adapter, done.number());
    }
  }

  private Version begin(String adapter) {
    return registry.versions.create(
        TestRegistry.ACTOR, registry.tenant.id(), adapter, registry.base);
  }

  /** One line at once, so that what the process has said is what it has done. */
  private static void say(Object... words) {
    StringBuilder line = new StringBuilder("@");
    for (Object word : words) {
      line.append(' ').append(word);
    }
    synchronized (System.out) {
      System.out.println(line);
      System.out.flush();
    }
  }
}
