package dev.heddle.registry.adapter;

/**
 * Where a version is in its life. It goes forward only, except that a validation cut short by a
 * crash or a full disk goes back to uploading. The database refuses every other step.
 */
public enum VersionState {
  /** Files come in. */
  UPLOADING,
  /** The files are being checked and stored; nothing may change them. */
  VALIDATING,
  /** Can be called; never changes again. */
  READY,
  /** Something was wrong with the files; the report says everything. */
  REJECTED,
  /** Taken out of use. */
  ARCHIVED
}
