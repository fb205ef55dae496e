package dev.heddle.registry.limits;

/** A limit of a tenant that a fleet shares; the database knows it by its name. */
public enum SharedLimit {
  REQUESTS_PER_MINUTE,
  TOKENS_PER_MINUTE,
  CONCURRENT_SEQUENCES
}
