package dev.heddle.app.api.residency;

import dev.heddle.format.adapter.BaseExperts;
import dev.heddle.format.model.ModelShape;
import dev.heddle.registry.access.BaseModel;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The base model, as far as who makes adapters of it has to know it.
 *
 * @param name as requests name it
 * @param dtype of its tensors and of its adapters'
 * @param maxContext most tokens of prompt and answer together
 * @param moeLayers layers that have experts
 * @param routedExperts columns 0 to this less one of such a layer
 * @param sharedExperts columns after those
 * @param expertsPerToken routed experts that a token is sent to
 * @param hidden width of the residual stream
 * @param expertIntermediate width of one expert
 * @param sharedIntermediate width of the MLP that the shared experts are, 0 without any
 * @param expertBytes weights of one expert
 */
record BaseModelView(
    String name,
    String digest,
    String family,
    String dtype,
    int maxContext,
    int layers,
    List<Integer> moeLayers,
    int routedExperts,
    int sharedExperts,
    int expertsPerToken,
    int hidden,
    int expertIntermediate,
    int sharedIntermediate,
    long expertBytes) {
  static BaseModelView of(String name, BaseModel base, ModelShape shape, int maxContext) {
    return new BaseModelView(
        name,
        base.digest().qualified(),
        shape.family(),
        shape.dtype().name(),
        maxContext,
        shape.layers(),
        IntStream.range(0, shape.layers()).filter(shape::isMoe).boxed().toList(),
        shape.experts().routed(),
        shape.experts().shared(),
        shape.experts().topK(),
        shape.hidden(),
        shape.experts().intermediate(),
        shape.experts().sharedWidth(),
        BaseExperts.of(shape).expertBytes());
  }
}
