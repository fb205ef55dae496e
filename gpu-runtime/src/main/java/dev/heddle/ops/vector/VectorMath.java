package dev.heddle.ops.vector;

import dev.heddle.ops.Numerics;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/** {@link Numerics} lane by lane: the same float operations in the same order, the same bits. */
final class VectorMath {
  private static final int ROUND_BITS = Float.floatToRawIntBits(Numerics.ROUND);
  private static final int EXPONENT_BIAS = 127;

  private VectorMath() {}

  /** {@link Numerics#exp} of every lane. */
  static FloatVector exp(FloatVector x) {
    VectorMask<Float> vanishes = x.lt(Numerics.EXP_MIN);
    FloatVector clamped = x.min(Numerics.EXP_MAX);
    FloatVector shifted = clamped.mul(Numerics.LOG2_E).add(Numerics.ROUND);
    FloatVector n = shifted.sub(Numerics.ROUND);
    FloatVector r = n.fma(all(-Numerics.LN2_HIGH), clamped);
    r = n.fma(all(-Numerics.LN2_LOW), r);
    FloatVector p = all(Numerics.E5).fma(r, all(Numerics.E4));
    p = p.fma(r, all(Numerics.E3));
    p = p.fma(r, all(Numerics.E2));
    p = p.fma(r, all(Numerics.E1));
    p = p.fma(r, all(Numerics.E0));
    p = p.fma(r.mul(r), r).add(1f);
    // The integer n stands in the low bits of `shifted`: no conversion is needed for 2^n.
    IntVector power = shifted.reinterpretAsInts().add(EXPONENT_BIAS - ROUND_BITS);
    FloatVector scale = power.lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
    return p.mul(scale).blend(0f, vanishes);
  }

  /** {@link Numerics#silu} of every lane. */
  static FloatVector silu(FloatVector x) {
    return x.div(exp(x.neg()).add(1f));
  }

  private static FloatVector all(float value) {
    return FloatVector.broadcast(Lanes.F, value);
  }
}
