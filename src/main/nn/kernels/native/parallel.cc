// flags: -O2
#include "parallel.h"

#include <sched.h>

#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <new>
#include <thread>

#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

namespace graft {
namespace {

/// Results must be the same whichever thread a task lands on: TensorFlow's thread may flush
/// denormals already, a fresh thread does not.
struct FlushDenormals {
#if defined(__x86_64__)
  unsigned before = _mm_getcsr();
  FlushDenormals() { _mm_setcsr(before | 0x8040u); }
  ~FlushDenormals() { _mm_setcsr(before); }
#endif
};

void pause() {
#if defined(__x86_64__)
  _mm_pause();
#endif
}

int count_threads() {
  if (const char* text = std::getenv("TF_NUM_INTRAOP_THREADS")) {
    const int given = std::atoi(text);
    if (given > 0) return given < 256 ? given : 256;
  }
  cpu_set_t allowed;
  if (sched_getaffinity(0, sizeof allowed, &allowed) == 0) {
    const int count = CPU_COUNT(&allowed);
    if (count > 0) return count;
  }
  return 1;
}

struct Job {
  void (*task)(void*, int64_t);
  void* context;
  int64_t tasks;
  std::atomic<int64_t> next{0};
  std::atomic<bool> out_of_memory{false};

  void work() {
    try {
      for (int64_t i; (i = next.fetch_add(1, std::memory_order_relaxed)) < tasks;) task(context, i);
    } catch (const std::bad_alloc&) {
      out_of_memory = true;
    }
  }
};

/// Pauses, some microseconds: more would take the processor from TensorFlow's own threads.
constexpr int spins = 400;

/// Workers spin for a while after a job (fused ops come in bursts), then sleep, and so does a caller
/// whose workers have not finished. A worker that wakes late finds the job closed: the caller has done
/// its share by then.
class Pool {
 public:
  explicit Pool(int workers) {
    for (int i = 0; i < workers; i++) std::thread([this] { serve(); }).detach();
  }

  void run(Job& job) {
    std::lock_guard<std::mutex> one_at_a_time(callers_);
    {
      std::lock_guard<std::mutex> lock(mutex_);
      job_ = &job;
      generation_.fetch_add(1, std::memory_order_release);
    }
    wake_.notify_all();
    job.work();
    std::unique_lock<std::mutex> lock(mutex_);
    job_ = nullptr;
    lock.unlock();
    for (int i = 0; i < spins && active_.load(std::memory_order_acquire) != 0; i++) pause();
    lock.lock();
    done_.wait(lock, [this] { return active_ == 0; });
  }

 private:
  void serve() {
    FlushDenormals flush;
    uint64_t seen = 0;
    for (;;) {
      for (int i = 0; i < spins && generation_.load(std::memory_order_acquire) == seen; i++) pause();
      std::unique_lock<std::mutex> lock(mutex_);
      wake_.wait(lock, [&] { return generation_.load(std::memory_order_relaxed) != seen; });
      seen = generation_.load(std::memory_order_relaxed);
      Job* job = job_;
      if (!job) continue;
      active_++;
      lock.unlock();
      job->work();
      lock.lock();
      if (--active_ == 0) done_.notify_one();
    }
  }

  std::mutex callers_, mutex_;
  std::condition_variable wake_, done_;
  std::atomic<uint64_t> generation_{0};
  Job* job_ = nullptr;
  std::atomic<int> active_{0};
};

/// Never destroyed: detached workers outlive static destructors.
Pool& pool() {
  static Pool* const one = new Pool(thread_count() - 1);
  return *one;
}

struct Scratch {
  float* data = nullptr;
  int64_t size = 0;
  ~Scratch() { std::free(data); }

  float* at_least(int64_t floats) {
    if (size < floats) {
      std::free(data);
      size = 0;
      const size_t bytes = (static_cast<size_t>(floats) * sizeof(float) + 63) / 64 * 64;
      data = static_cast<float*>(std::aligned_alloc(64, bytes));
      if (!data) throw std::bad_alloc();
      size = floats;
    }
    return data;
  }
};

}  // namespace

int thread_count() {
  static const int count = count_threads();
  return count;
}

void run_tasks(int64_t tasks, void (*task)(void*, int64_t), void* context) {
  FlushDenormals flush;
  Job job{task, context, tasks};
  if (tasks <= 1 || thread_count() == 1)
    job.work();
  else
    pool().run(job);
  if (job.out_of_memory) throw std::bad_alloc();
}

float* scratch(int64_t floats) {
  thread_local Scratch own;
  return own.at_least(floats);
}

float* shared_scratch(int64_t floats) {
  thread_local Scratch shared;
  return shared.at_least(floats);
}

}  // namespace graft
