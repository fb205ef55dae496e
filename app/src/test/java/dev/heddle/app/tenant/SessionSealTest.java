package dev.heddle.app.tenant;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.format.Digest;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class SessionSealTest {
  private static final Instant NOW = Instant.parse("2030-01-31T12:00:00Z");
  private static final Digest STAMP = new Digest("ab".repeat(32));

  private static final Duration DAY_AND_NIGHT = Duration.ofHours(12);

  private final SessionSeal seal = new SessionSeal(new Seal(new byte[32]));

  @Test
  void what_was_sealed_opens_for_its_lifetime_and_no_longer() {
    Session session = seal.begin("key1", STAMP, NOW, DAY_AND_NIGHT);
    String cookie = seal.seal(session);

    assertThat(seal.open(cookie, NOW)).isEqualTo(session);
    assertThat(seal.open(cookie, NOW.plus(Duration.ofHours(12)).minusSeconds(1))).isNotNull();
    assertThat(seal.open(cookie, NOW.plus(Duration.ofHours(12)))).isNull();
  }

  @Test
  void a_change_of_any_character_is_seen() {
    String cookie = seal.seal(seal.begin("key1", STAMP, NOW, DAY_AND_NIGHT));

    for (int i = 0; i < cookie.length() - 1; i++) { // the last one has bits that mean nothing
      char other = cookie.charAt(i) == 'A' ? 'B' : 'A';
      String changed = cookie.substring(0, i) + other + cookie.substring(i + 1);
      assertThat(seal.open(changed, NOW)).as(changed).isNull();
    }
    assertThat(seal.open("", NOW)).isNull();
    assertThat(seal.open(".", NOW)).isNull();
    assertThat(seal.open(cookie + "A", NOW)).isNull();
  }

  @Test
  void another_servers_cookie_is_nothing_here() {
    byte[] other = new byte[32];
    other[0] = 1;
    SessionSeal elsewhere = new SessionSeal(new Seal(other));

    assertThat(seal.open(elsewhere.seal(elsewhere.begin("key1", STAMP, NOW, DAY_AND_NIGHT)), NOW))
        .isNull();
  }

  @Test
  void each_session_has_a_token_of_its_own_that_is_not_in_its_cookie() {
    Session one = seal.begin("key1", STAMP, NOW, DAY_AND_NIGHT);
    Session two = seal.begin("key1", STAMP, NOW, DAY_AND_NIGHT);

    assertThat(seal.csrfToken(one)).isNotEqualTo(seal.csrfToken(two)).hasSizeGreaterThan(40);
    assertThat(seal.seal(one)).doesNotContain(seal.csrfToken(one));
  }

  @Test
  void what_was_sealed_for_another_use_or_in_another_shape_is_nothing_here() {
    Seal plain = new Seal(new byte[32]);
    String[] fields = {"key1", STAMP.hex(), "1", "99999999999", "csrf"};

    assertThat(seal.open(plain.close("session", fields), Instant.ofEpochSecond(2))).isNotNull();
    assertThat(seal.open(plain.close("sign-in", fields), Instant.ofEpochSecond(2))).isNull();
    assertThat(seal.open(plain.close("session", "key1", "1", "2", "3"), NOW)).isNull();
  }
}
