package dev.heddle.registry.adapter;

import dev.heddle.format.Digest;

/**
 * A small file that was uploaded beside a version's weights and is kept for downloads.
 *
 * @param sha256 of its bytes, under which the expert store has them
 */
public record VersionDocument(String path, long bytes, Digest sha256) {}
