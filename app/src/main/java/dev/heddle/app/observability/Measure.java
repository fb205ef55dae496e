package dev.heddle.app.observability;

/** What the time series holds at each of its times; rates and percentiles are of one step. */
public enum Measure {
  /** Prompt tokens computed, a second. */
  PREFILL,
  /** Tokens generated, a second. */
  DECODE,
  /** Time to the first token: its median in seconds. */
  TTFT_P50,
  /** Time to the first token that 95 of 100 answers had by then, in seconds. */
  TTFT_P95,
  /** Time per output token after the first: its median in seconds. */
  TPOT_P50,
  /** Time per output token that 95 of 100 answers kept to, in seconds. */
  TPOT_P95,
  /** Requests that wait. */
  WAITING,
  /** Sequences that are computed. */
  RUNNING,
  /** Share of the KV blocks that is used, 0 to 1. */
  KV_USED,
  /** Expert slots that are used. */
  SLOTS_USED,
  /** Answers that ended well, a minute. */
  ANSWERS,
  /** Answers that failed or were refused by the engine, a minute. */
  ERRORS,
  /** Requests that a tenant's limit refused, a minute. */
  QUOTA_REFUSALS
}
