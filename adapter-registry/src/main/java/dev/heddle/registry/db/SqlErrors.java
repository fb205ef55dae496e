package dev.heddle.registry.db;

import dev.heddle.registry.ConflictException;
import dev.heddle.registry.InvalidException;
import dev.heddle.registry.QuotaExceededException;
import dev.heddle.registry.UnavailableException;
import java.sql.SQLException;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/** Turns what the database refuses into what the registry says. */
final class SqlErrors {
  /** What the schema's own triggers raise: the state does not allow it. */
  private static final String STATE = "HD001";

  /** What the count of a tenant's stored bytes raises. */
  private static final String STORAGE_LIMIT = "HD002";

  /** What no text of the database can hold: the character U+0000. */
  private static final String UNTRANSLATABLE = "22021";

  /**
   * What passes by itself: connections, resources, an operator's intervention, the server's own
   * files, a transaction that lost, a lock, and a server that takes no changes now.
   */
  private static final Pattern PASSING = Pattern.compile("(08|53|57|58|40).*|55P03|25006");

  private static final Refusal NAME_TAKEN =
      new Refusal("name-taken", "the name is taken; names are never used twice");
  private static final Map<String, Refusal> BY_CONSTRAINT =
      Map.of(
          "callable_name_taken",
          NAME_TAKEN,
          "adapter_name_taken",
          NAME_TAKEN,
          "tenant_name_taken",
          new Refusal("name-taken", "there is already a tenant of this name"),
          "alias_target_is_own",
          new Refusal("foreign-version", "an adapter's name means its own versions only"),
          "alias_target_is_ready",
          new Refusal("version-in-use", "only a ready version is published, and it stays so"));

  private record Refusal(String code, String message) {}

  private SqlErrors() {}

  static <T> T translated(Supplier<T> work) {
    try {
      return work.get();
    } catch (DataAccessException | TransactionException e) {
      throw translate(e);
    }
  }

  private static RuntimeException translate(RuntimeException e) {
    SQLException sql = find(e);
    if (sql == null) {
      return UnavailableException.database("the database cannot be used now", e);
    }
    String constraint = constraint(sql);
    Refusal known = constraint == null ? null : BY_CONSTRAINT.get(constraint);
    if (known != null) {
      return new ConflictException(known.code(), known.message());
    }
    String state = String.valueOf(sql.getSQLState());
    if (state.equals(STATE)) {
      return new ConflictException("version-state", message(sql));
    }
    if (state.equals(STORAGE_LIMIT)) {
      return new QuotaExceededException("storage-quota-exceeded", "stored_bytes", message(sql));
    }
    if (state.equals(UNTRANSLATABLE)) {
      return new InvalidException("text", "request", "holds a character that cannot be stored");
    }
    boolean passes = sql.getSQLState() == null || PASSING.matcher(state).matches();
    return passes
        ? UnavailableException.database("the database cannot be used now", e)
        : new IllegalStateException(
            "a statement of the registry's own was refused, SQLSTATE " + state, e);
  }

  private static @Nullable SQLException find(Throwable e) {
    for (Throwable t = e; t != null; t = t.getCause()) {
      if (t instanceof SQLException sql) {
        return sql;
      }
    }
    return null;
  }

  private static @Nullable String constraint(SQLException e) {
    ServerErrorMessage details = e instanceof PSQLException p ? p.getServerErrorMessage() : null;
    return details == null ? null : details.getConstraint();
  }

  private static String message(SQLException e) {
    ServerErrorMessage details = e instanceof PSQLException p ? p.getServerErrorMessage() : null;
    String message = details == null ? e.getMessage() : details.getMessage();
    return String.valueOf(message);
  }
}
