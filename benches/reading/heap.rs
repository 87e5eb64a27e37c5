//! Counts what is allocated, and how much of it is held at once.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicU64, Ordering};

/// The system's allocator, counting.
struct Counting;

#[global_allocator]
static COUNTING: Counting = Counting;

static ALLOCATIONS: AtomicU64 = AtomicU64::new(0);
static HELD_BYTES: AtomicU64 = AtomicU64::new(0);
static PEAK_BYTES: AtomicU64 = AtomicU64::new(0);

fn grow(bytes: usize) {
    ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
    let held = HELD_BYTES.fetch_add(bytes as u64, Ordering::Relaxed) + bytes as u64;
    PEAK_BYTES.fetch_max(held, Ordering::Relaxed);
}

fn shrink(bytes: usize) {
    HELD_BYTES.fetch_sub(bytes as u64, Ordering::Relaxed);
}

// SAFETY: every call goes to the system's allocator with the arguments it came with; counting touches no memory of
// the caller's.
#[allow(unsafe_code)]
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        grow(layout.size());
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        grow(layout.size());
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        shrink(layout.size());
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        shrink(layout.size());
        grow(size);
        unsafe { System.realloc(pointer, layout, size) }
    }
}

/// What a piece of work took from the heap.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Heap {
    /// How often something was allocated or grew.
    pub(crate) allocations: u64,
    /// The most that was held at once, beyond what was held before.
    pub(crate) peak_bytes: u64,
}

/// Does some work and says what it took from the heap.
pub(crate) fn measured<T>(work: impl FnOnce() -> T) -> (T, Heap) {
    let (allocations, held) = (ALLOCATIONS.load(Ordering::Relaxed), HELD_BYTES.load(Ordering::Relaxed));
    PEAK_BYTES.store(held, Ordering::Relaxed);
    let done = work();
    let allocations = ALLOCATIONS.load(Ordering::Relaxed) - allocations;
    (done, Heap { allocations, peak_bytes: PEAK_BYTES.load(Ordering::Relaxed) - held })
}
