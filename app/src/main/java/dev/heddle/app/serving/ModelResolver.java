package dev.heddle.app.serving;

import dev.heddle.app.error.ApiException;
import dev.heddle.app.error.ErrorCode;
import dev.heddle.registry.access.Principal;

/** Turns the {@code model} of a request into what answers it. */
public final class ModelResolver {
  private final ModelDirectory directory;

  public ModelResolver(ModelDirectory directory) {
    this.directory = directory;
  }

  /**
   * @throws ApiException MODEL_NOT_FOUND, the same for absent and for not granted; the base model
   *     never answers in another's place
   */
  ResolvedModel resolve(Principal caller, String name) {
    ResolvedModel model = directory.resolve(caller, name);
    if (model == null) {
      throw notFound(name);
    }
    return model;
  }

  static ApiException notFound(String name) {
    String shown = name.length() <= 200 ? name : name.substring(0, 200) + "...";
    return new ApiException(
        ErrorCode.MODEL_NOT_FOUND,
        "The model '" + shown + "' does not exist or you do not have access to it.",
        "model");
  }
}
