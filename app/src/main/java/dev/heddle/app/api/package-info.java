/**
 * Management over HTTP: one package for each area, here what they share.
 *
 * <p>To add an endpoint:
 *
 * <ol>
 *   <li>A package-private {@code @RestController} under {@code /api/v1} in its area's package, with
 *       a {@code @Tag}; each handler has an {@code @Operation(summary = …)} of one sentence, and
 *       blocks if it likes (virtual threads). {@code Caller.of(exchange)} says for whom it acts.
 *   <li>It answers a record {@code …View}. JSON names are the components' in snake case, in their
 *       order; absent values are null, never left out; times are {@code Instant}, digests {@code
 *       sha256:…} as text. Lists answer {@link dev.heddle.app.api.PageView}, take {@link
 *       dev.heddle.app.api.Paging} and are annotated {@link dev.heddle.app.api.Paged}; changes that
 *       heed {@code If-Match} are annotated {@link dev.heddle.app.api.Conditional}.
 *   <li>A body is a record too, taken as {@code @RequestBody}; its static method {@code
 *       read(Fields)} reads it, so that all faults are named at once (see {@link
 *       dev.heddle.app.request.BodyDecoder}). {@code @Schema} states patterns and ranges.
 *   <li>Failures are the registry's exceptions or an {@code ApiException}; codes stand in {@code
 *       ErrorCode}, which also tells the document.
 *   <li>{@code @Requires} says which scope a key needs, on the controller or the handler;
 *       {@code @Open} that none is needed. A test fails on a handler with neither.
 * </ol>
 */
@NullMarked
package dev.heddle.app.api;

import org.jspecify.annotations.NullMarked;
