package dev.heddle.tornado;

import dev.heddle.ops.Ops;
import dev.heddle.ops.OpsFactory;
import dev.heddle.ops.Precision;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The backend of accelerators, where the JVM was started with TornadoVM's runtime. */
public final class TornadoFactory implements OpsFactory {
  static final String NAME = "tornado";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Speed speed() {
    return Speed.ACCELERATOR;
  }

  @Override
  public boolean keeps(Precision precision) {
    return precision == Precision.STORED;
  }

  @Override
  public @Nullable String obstacle() {
    List<String> contrary = TornadoSettings.enforce();
    if (!contrary.isEmpty()) {
      return "the JVM was started with " + String.join(", ", contrary);
    }
    try {
      Devices.chosen();
      return null;
    } catch (LinkageError e) {
      return "the JVM was started without TornadoVM's runtime; ./heddle --backend tornado starts it"
          + " with the SDK that TORNADOVM_HOME names";
    } catch (RuntimeException e) {
      return "TornadoVM found no device: "
          + e.getMessage()
          + "; docs/accelerators.md says how to look";
    }
  }

  @Override
  public boolean isAutomatic() {
    return Devices.chosen().sizes().equals(DeviceClass.GPU);
  }

  @Override
  public double tolerance() {
    return 1e-9;
  }

  @Override
  public String uses() {
    DeviceLimits device = Devices.chosen();
    return "%s, %,d MiB, buffers of at most %,d MiB"
        .formatted(device.name(), device.memory() >> 20, device.maxBuffer() >> 20);
  }

  @Override
  public Ops create(int threads) {
    return new TornadoOps(Devices.chosen());
  }
}
