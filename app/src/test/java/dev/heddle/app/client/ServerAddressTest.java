package dev.heddle.app.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.TypeConversionException;

class ServerAddressTest {
  @Test
  void the_environment_says_where_the_platform_is() {
    assertThat(ServerAddress.of(Map.of())).isEqualTo(URI.create("http://127.0.0.1:8080"));
    assertThat(ServerAddress.of(Map.of("HEDDLE_PORT", "9000", "HEDDLE_HOST", "0.0.0.0")))
        .isEqualTo(URI.create("http://127.0.0.1:9000"));
    assertThat(ServerAddress.of(Map.of("HEDDLE_PORT", "9000", "HEDDLE_SERVER", "https://h/")))
        .isEqualTo(URI.create("https://h/"));
  }

  @Test
  void an_address_needs_no_scheme() {
    ServerAddress address = new ServerAddress();
    assertThat(address.convert("10.0.0.1:8081")).isEqualTo(URI.create("http://10.0.0.1:8081"));
    assertThatThrownBy(() -> address.convert("a b")).isInstanceOf(TypeConversionException.class);
    assertThatThrownBy(() -> address.convert("")).isInstanceOf(TypeConversionException.class);
  }

  @Test
  void a_time_is_written_as_people_do_or_as_the_standard_does() {
    DurationText text = new DurationText();
    assertThat(text.convert("30d")).isEqualTo(Duration.ofDays(30)).isEqualTo(text.convert("P30D"));
    assertThat(text.convert("2w")).isEqualTo(Duration.ofDays(14));
    assertThatThrownBy(() -> text.convert("30")).hasMessageContaining("such as 30d");
  }
}
