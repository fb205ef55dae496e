/** Traces of requests, told to a collector by OpenTelemetry's protocol; off unless one is set. */
@NullMarked
package dev.heddle.app.tracing;

import org.jspecify.annotations.NullMarked;
