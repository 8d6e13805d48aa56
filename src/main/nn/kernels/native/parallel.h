// A few worker threads for loops over independent tasks, and scratch memory of a thread.
#pragma once
#include <cstdint>

namespace graft {

/// TF_NUM_INTRAOP_THREADS, or the processors this process may run on.
int thread_count();

/// Calls task(context, i) once for every i in [0, tasks), in no order, on the caller and the
/// workers, all with denormals flushed to zero. What a task computes must not depend on the thread.
void run_tasks(int64_t tasks, void (*task)(void* context, int64_t index), void* context);

template <class Fn>
void parallel(int64_t tasks, Fn&& fn) {
  run_tasks(
      tasks, [](void* context, int64_t index) { (*static_cast<Fn*>(context))(index); },
      const_cast<void*>(static_cast<const void*>(&fn)));
}

/// At least `floats` floats for the calling thread, aligned to 64 bytes, kept until its next call.
float* scratch(int64_t floats);
/// The same for what the tasks of one caller share; they may ask for scratch of their own.
float* shared_scratch(int64_t floats);

}  // namespace graft
