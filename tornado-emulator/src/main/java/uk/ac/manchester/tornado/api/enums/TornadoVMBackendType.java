package uk.ac.manchester.tornado.api.enums;

/** Who compiles kernels; the emulator says that it is OpenCL, whose rules it follows. */
public enum TornadoVMBackendType {
  OPENCL,
  METAL,
  PTX,
  CUDA,
  SPIRV,
  JAVA,
  VIRTUAL
}
