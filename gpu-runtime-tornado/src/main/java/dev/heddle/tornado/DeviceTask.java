package dev.heddle.tornado;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.TaskGraph;

/**
 * One kernel call of a recorded pass, on memory that is made once all are recorded.
 *
 * @param name of the operation, for metrics and the task's name
 * @param adder puts it into a graph under an id
 */
record DeviceTask(String name, Grid grid, Adder adder) {
  /** Puts a task into a graph. */
  interface Adder {
    void add(TaskGraph graph, String id, KernelContext context, DeviceMemory memory);
  }
}
