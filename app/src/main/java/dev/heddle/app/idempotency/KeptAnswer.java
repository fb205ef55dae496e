package dev.heddle.app.idempotency;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Set;
import org.springframework.http.HttpHeaders;

/** An answer as it is kept: all of it that does not belong to one exchange. */
@SuppressWarnings("ArrayRecordComponent") // never compared
record KeptAnswer(int status, HttpHeaders headers, byte[] body) {
  private static final Set<String> OF_THE_EXCHANGE =
      Set.of("x-request-id", "date", "content-length", "connection", "transfer-encoding");

  /** The headers that a repetition has too. */
  static HttpHeaders kept(HttpHeaders all) {
    HttpHeaders kept = new HttpHeaders();
    all.forEach((name, values) -> {
      if (!OF_THE_EXCHANGE.contains(name.toLowerCase(Locale.ROOT))) {
        kept.addAll(name, values);
      }
    });
    return kept;
  }

  byte[] encode() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeShort(status);
      out.writeInt(headers.headerNames().size());
      for (String name : headers.headerNames()) {
        out.writeUTF(name);
        out.writeUTF(String.join("\n", headers.getOrEmpty(name)));
      }
      out.write(body);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // memory does not fail
    }
    return bytes.toByteArray();
  }

  static KeptAnswer decode(byte[] bytes) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      int status = in.readUnsignedShort();
      HttpHeaders headers = new HttpHeaders();
      for (int i = in.readInt(); i > 0; i--) {
        String name = in.readUTF();
        in.readUTF().lines().forEach(value -> headers.add(name, value));
      }
      return new KeptAnswer(status, headers, in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e); // it was authenticated
    }
  }
}
