package dev.heddle.ops.vector;

import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * What calls add up to, told by JMH a second: bytes read from memory, floating-point operations.
 */
@State(Scope.Thread)
@AuxCounters(AuxCounters.Type.OPERATIONS)
public class Traffic {
  public long bytes;
  public long flops;
}
