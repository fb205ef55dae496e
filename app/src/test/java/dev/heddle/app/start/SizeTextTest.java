package dev.heddle.app.start;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.util.unit.DataSize;

class SizeTextTest {
  private final SizeText sizes = new SizeText();

  @ParameterizedTest
  @CsvSource({
    "12GB, 12884901888",
    "12G, 12884901888",
    "12gib, 12884901888",
    "1.5 g, 1610612736",
    "800MB, 838860800",
    "4k, 4096",
    "2T, 2199023255552",
    "77, 77",
    "77B, 77",
    "-1MB, -1048576"
  })
  void sizes_are_understood_as_people_write_them(String text, long bytes) {
    assertThat(sizes.convert(text)).isEqualTo(DataSize.ofBytes(bytes));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "12Q", "GB", "1,5G", "12 GB of it", "9999999999T"})
  void what_is_no_size_is_refused(String text) {
    assertThatThrownBy(() -> sizes.convert(text)).isInstanceOf(RuntimeException.class);
  }

  @Test
  void every_setting_has_a_name_of_its_own() {
    assertThat(Setting.all())
        .extracting(Setting::name)
        .doesNotHaveDuplicates()
        .contains("heddle.port", "heddle.store.s3.access-key", "heddle.serving.load-wait");
  }

  @Test
  void secrets_are_hidden_wherever_they_stand() {
    assertThat(
            Secrets.hide(
                "jdbc:postgresql://me:pw@h/d?sslPassword=a&user=b and hunter22",
                java.util.List.of("hunter22")))
        .isEqualTo("jdbc:postgresql://(hidden)@h/d?sslPassword=(hidden)&user=b and (hidden)");
  }
}
