//! The checked address space.
//!
//! Every object has an address of its own that no later object gets (up to [`QUARANTINE`] for stack slots), with a gap
//! after it, so that a stale or overrun address meets either nothing or the object it belongs to. Each byte has a mark
//! that says whether it was written.
//!
//! A pointer is a plain number: an address that strays over a gap into another object is not noticed at the access.
//! Address arithmetic is checked instead, where it happens ([`Memory::check_move`]).

use std::ops::Range;

use super::fault::{Fault, ObjectKind};
use super::value::{put_word, word_of};
use crate::diagnostics::Span;
use crate::mir::FuncId;
use crate::target::DataLayout;

/// Bytes between two objects at least, and the alignment of every object at least: that of any scalar.
const GAP: u64 = 16;

/// Bounds of the regions for 32-bit addresses. With 64-bit addresses they are shifted up by [`WIDE_SHIFT`], which
/// makes an address cut to 32 bits useless.
const FUNCTIONS: u64 = 0x0001_0000;
const GLOBALS: u64 = 0x1000_0000;
const STACK: u64 = 0x4000_0000;
const HEAP: u64 = 0x8000_0000;
const END: u64 = 0xffff_0000;
const WIDE_SHIFT: u32 = 15;

/// Bytes of stack addresses handed out (for 32-bit addresses; shifted as the regions are) before those of functions
/// that have returned are used again.
const QUARANTINE: u64 = 0x1000_0000;

/// Freed heap blocks that are remembered at least, to tell a use after free from a wild address.
const REMEMBERED: usize = 1 << 16;

/// Bytes that are copied at once.
const PIECE: u64 = 1 << 16;

/// A mark of [`Block::data`]: the byte has a value.
const WRITTEN: u8 = 0xff;

struct Block {
    base: u64,
    size: usize,
    /// The bytes, then one mark for each. Empty once dead.
    data: Vec<u8>,
    live: bool,
    constant: bool,
    origin: Span,
}

impl Block {
    /// `None` when this machine has no room for it.
    fn new(base: u64, size: usize, origin: Span) -> Option<Block> {
        let len = size.checked_mul(2)?;
        let mut data = Vec::new();
        data.try_reserve_exact(len).ok()?;
        data.resize(len, 0);
        Some(Block { base, size, data, live: true, constant: false, origin })
    }

    fn bytes(&self, at: usize, len: usize) -> &[u8] {
        &self.data[at..at + len]
    }

    fn bytes_mut(&mut self, at: usize, len: usize) -> &mut [u8] {
        &mut self.data[at..at + len]
    }

    fn marks(&self, at: usize, len: usize) -> &[u8] {
        &self.data[self.size + at..self.size + at + len]
    }

    fn marks_mut(&mut self, at: usize, len: usize) -> &mut [u8] {
        &mut self.data[self.size + at..self.size + at + len]
    }

    fn check_written(&self, at: usize, len: usize) -> Result<(), Fault> {
        match self.marks(at, len).iter().position(|&mark| mark == 0) {
            None => Ok(()),
            Some(first) => Err(Fault::Uninitialised { address: self.base + (at + first) as u64 }),
        }
    }
}

/// Objects of one kind, by rising address.
struct Region {
    kind: ObjectKind,
    start: u64,
    end: u64,
    /// Where the next object may start.
    next: u64,
    blocks: Vec<Block>,
    /// Index of the block found last: programs stay with an object for a while.
    last: usize,
}

impl Region {
    fn new(kind: ObjectKind, start: u64, end: u64) -> Region {
        Region { kind, start, end, next: start, blocks: Vec::new(), last: 0 }
    }

    /// Adds an object; `None` when the region has no addresses left, or this machine no memory.
    fn add(&mut self, size: u64, align: u64, origin: Span) -> Option<u64> {
        let base = self.next.checked_next_multiple_of(align.max(GAP))?;
        let end = base.checked_add(size)?.checked_add(GAP)?;
        if end > self.end {
            return None;
        }
        let block = Block::new(base, usize::try_from(size).ok()?, origin)?;
        self.blocks.try_reserve(1).ok()?;
        self.blocks.push(block);
        self.next = end;
        Some(base)
    }

    /// The fault of an access beyond the objects that are left.
    fn stray(&self, address: u64, given_out: bool) -> Fault {
        match self.kind {
            ObjectKind::Slot if given_out => Fault::UseAfterReturn { address },
            ObjectKind::Slot | ObjectKind::Global | ObjectKind::Heap => Fault::Wild { address },
        }
    }

    /// Index of the last block that starts at or before an address.
    fn find(&mut self, address: u64) -> Option<usize> {
        if let Some(block) = self.blocks.get(self.last)
            && block.base <= address
            && address - block.base < block.size as u64
        {
            return Some(self.last);
        }
        let after = self.blocks.partition_point(|block| block.base <= address);
        self.last = after.checked_sub(1)?;
        Some(self.last)
    }
}

/// A heap block that nothing gave back.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Leak {
    /// Its bytes.
    pub size: u64,
    /// Where it was allocated.
    pub origin: Span,
}

/// What the heap holds when a program has ended.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Leaks {
    /// Blocks that no global leads to, in order of their allocation.
    pub lost: Vec<Leak>,
    /// Blocks that are reachable from a global.
    pub reachable: usize,
}

/// The memory of one run.
pub struct Memory {
    functions: u64,
    function_count: u64,
    globals: Region,
    stack: Region,
    heap: Region,
    quarantine: u64,
    dead: usize,
    used: u64,
    limit: u64,
    big_endian: bool,
    pointer_size: usize,
    scratch: Vec<u8>,
}

impl Memory {
    /// An empty memory for a module of so many functions that holds no more than `limit` bytes.
    pub fn new(layout: &DataLayout, functions: usize, limit: u64) -> Memory {
        let shift = if layout.pointer_bits() == 64 { WIDE_SHIFT } else { 0 };
        let at = |address: u64| address << shift;
        Memory {
            functions: at(FUNCTIONS),
            function_count: functions as u64,
            globals: Region::new(ObjectKind::Global, at(GLOBALS), at(STACK)),
            stack: Region::new(ObjectKind::Slot, at(STACK), at(HEAP)),
            heap: Region::new(ObjectKind::Heap, at(HEAP), at(END)),
            quarantine: at(QUARANTINE),
            dead: 0,
            used: 0,
            limit,
            big_endian: layout.big_endian,
            pointer_size: layout.pointer_size() as usize,
            scratch: Vec::new(),
        }
    }

    // ---- objects

    /// The address of a function.
    pub fn function_address(&self, func: FuncId) -> u64 {
        self.functions + u64::from(func.0) * GAP
    }

    /// The function at an address.
    pub fn function_at(&self, address: u64) -> Result<FuncId, Fault> {
        let offset = address.checked_sub(self.functions).ok_or(Fault::NotAFunction { address })?;
        if offset.is_multiple_of(GAP) && offset / GAP < self.function_count {
            Ok(FuncId((offset / GAP) as u32))
        } else {
            Err(Fault::NotAFunction { address })
        }
    }

    /// Adds a global of `size` zero bytes; `None` when there is no room.
    pub fn add_global(&mut self, size: u64, align: u64, constant: bool) -> Option<u64> {
        self.take(size)?;
        let base = self.globals.add(size, align, Span::NONE)?;
        let block = self.globals.blocks.last_mut()?;
        block.constant = constant;
        block.marks_mut(0, size as usize).fill(WRITTEN);
        Some(base)
    }

    /// The bytes of a global by its number, constants included: to give them their first values.
    pub fn global_bytes(&mut self, index: usize) -> &mut [u8] {
        let block = &mut self.globals.blocks[index];
        block.bytes_mut(0, block.size)
    }

    /// Adds a constant with these bytes; `None` when there is no room.
    pub fn add_constant(&mut self, bytes: &[u8], align: u64) -> Option<u64> {
        let base = self.add_global(bytes.len() as u64, align, true)?;
        let index = self.globals.blocks.len() - 1;
        self.global_bytes(index).copy_from_slice(bytes);
        Some(base)
    }

    /// Number of stack slots alive.
    pub fn slots(&self) -> usize {
        self.stack.blocks.len()
    }

    /// Address of a stack slot by its number among all that are alive.
    pub fn slot_address(&self, index: usize) -> u64 {
        self.stack.blocks[index].base
    }

    /// Adds an uninitialised stack slot; `None` when there is no room.
    pub fn push_slot(&mut self, size: u64, align: u64) -> Option<()> {
        self.take(size)?;
        self.stack.add(size, align, Span::NONE)?;
        Some(())
    }

    /// Ends the life of stack slots, by their numbers.
    pub fn end_slots(&mut self, slots: Range<usize>) {
        if slots.is_empty() {
            return;
        }
        for block in self.stack.blocks.drain(slots) {
            self.used -= block.size as u64;
        }
        let live = self.stack.blocks.last();
        let top = live.map_or(self.stack.start, |block| block.base + block.size as u64 + GAP);
        if self.stack.next - top > self.quarantine {
            self.stack.next = top;
        }
    }

    /// A fresh uninitialised heap block, or null.
    pub fn alloc(&mut self, size: u64, origin: Span) -> u64 {
        if self.take(size).is_none() {
            return 0;
        }
        self.heap.add(size, GAP, origin).unwrap_or_else(|| {
            self.used -= size;
            0
        })
    }

    /// The same with every byte written as zero.
    pub fn alloc_zeroed(&mut self, size: u64, origin: Span) -> Result<u64, Fault> {
        let address = self.alloc(size, origin);
        if address != 0 {
            self.fill(address, 0, size)?;
        }
        Ok(address)
    }

    /// Gives a heap block back; null is nothing to give back, as in C.
    pub fn free(&mut self, address: u64) -> Result<(), Fault> {
        if address == 0 {
            return Ok(());
        }
        let index = self.heap_block(address)?;
        let block = &mut self.heap.blocks[index];
        block.live = false;
        block.data = Vec::new();
        self.used -= block.size as u64;
        self.dead += 1;
        if self.dead > REMEMBERED && self.dead > self.heap.blocks.len() / 2 {
            self.forget();
        }
        Ok(())
    }

    /// A heap block of `size` bytes that starts with the bytes of the one at `address`, which is given back; null,
    /// with the old block untouched, when there is no room. Null is resized from nothing, as in C.
    pub fn resize(&mut self, address: u64, size: u64, origin: Span) -> Result<u64, Fault> {
        if address == 0 {
            return Ok(self.alloc(size, origin));
        }
        let index = self.heap_block(address)?;
        if size == 0 {
            return Err(Fault::ResizeToNothing);
        }
        let fresh = self.alloc(size, origin);
        if fresh != 0 {
            let kept = (self.heap.blocks[index].size as u64).min(size);
            self.copy(fresh, address, kept, true)?;
            self.free(address)?;
        }
        Ok(fresh)
    }

    /// Index of the live heap block that starts at an address.
    fn heap_block(&mut self, address: u64) -> Result<usize, Fault> {
        let invalid = Fault::InvalidFree { address };
        let index = self.heap.find(address).ok_or(invalid)?;
        let block = &self.heap.blocks[index];
        if block.base != address {
            Err(invalid)
        } else if !block.live {
            Err(Fault::DoubleFree { address })
        } else {
            Ok(index)
        }
    }

    /// Drops the older half of the records of freed blocks.
    fn forget(&mut self) {
        let mut drop = self.dead / 2;
        self.dead -= drop;
        self.heap.blocks.retain(|block| {
            let keep = block.live || drop == 0;
            drop -= usize::from(!keep);
            keep
        });
    }

    fn take(&mut self, size: u64) -> Option<()> {
        let used = self.used.checked_add(size)?;
        if used > self.limit {
            return None;
        }
        self.used = used;
        Some(())
    }

    // ---- accesses

    /// The block that holds all of `len` bytes at an address, and the address's offset in it.
    fn locate(&mut self, address: u64, len: u64) -> Result<(&mut Block, usize), Fault> {
        let region = if address >= self.heap.end || address < self.functions {
            return Err(if address < self.functions {
                Fault::Null { address }
            } else {
                Fault::Wild { address }
            });
        } else if address >= self.stack.end {
            &mut self.heap
        } else if address >= self.globals.end {
            &mut self.stack
        } else {
            &mut self.globals
        };
        let given_out = address < region.next;
        let Some(index) = region.find(address) else {
            return Err(region.stray(address, given_out));
        };
        let newest = index + 1 == region.blocks.len();
        let block = &region.blocks[index];
        let (offset, size) = (address - block.base, block.size as u64);
        if !block.live {
            return Err(Fault::UseAfterFree { address });
        }
        if offset <= size && len <= size - offset {
            return Ok((&mut region.blocks[index], offset as usize));
        }
        if newest && offset >= size + GAP {
            return Err(region.stray(address, given_out));
        }
        Err(Fault::OutOfBounds { kind: region.kind, object: size, offset, len })
    }

    fn writable(&mut self, address: u64, len: u64) -> Result<(&mut Block, usize), Fault> {
        let (block, at) = self.locate(address, len)?;
        if block.constant { Err(Fault::Constant { address }) } else { Ok((block, at)) }
    }

    /// Reads a scalar of `size` bytes, zero-extended.
    pub fn read(&mut self, address: u64, size: usize, align: u64) -> Result<u64, Fault> {
        check_aligned(address, align)?;
        let big_endian = self.big_endian;
        let (block, at) = self.locate(address, size as u64)?;
        block.check_written(at, size)?;
        Ok(word_of(block.bytes(at, size), big_endian))
    }

    /// Writes the low `size` bytes of a word.
    pub fn write(&mut self, address: u64, size: usize, align: u64, word: u64) -> Result<(), Fault> {
        check_aligned(address, align)?;
        let big_endian = self.big_endian;
        let (block, at) = self.writable(address, size as u64)?;
        put_word(word, block.bytes_mut(at, size), big_endian);
        block.marks_mut(at, size).fill(WRITTEN);
        Ok(())
    }

    /// Reads into `out`, which takes the bytes and then their marks, and is therefore twice as long as the range.
    pub fn read_marked(&mut self, address: u64, align: u64, out: &mut [u8]) -> Result<(), Fault> {
        check_aligned(address, align)?;
        let (bytes, marks) = out.split_at_mut(out.len() / 2);
        if !bytes.is_empty() {
            let (block, at) = self.locate(address, bytes.len() as u64)?;
            bytes.copy_from_slice(block.bytes(at, bytes.len()));
            marks.copy_from_slice(block.marks(at, marks.len()));
        }
        Ok(())
    }

    /// Writes what [`Memory::read_marked`] reads.
    pub fn write_marked(&mut self, address: u64, align: u64, from: &[u8]) -> Result<(), Fault> {
        check_aligned(address, align)?;
        let (bytes, marks) = from.split_at(from.len() / 2);
        if !bytes.is_empty() {
            let (block, at) = self.writable(address, bytes.len() as u64)?;
            block.bytes_mut(at, bytes.len()).copy_from_slice(bytes);
            block.marks_mut(at, marks.len()).copy_from_slice(marks);
        }
        Ok(())
    }

    /// The bytes of a range, all of which must have values. A range of no bytes may be anywhere.
    pub fn bytes(&mut self, address: u64, len: u64) -> Result<&[u8], Fault> {
        if len == 0 {
            return Ok(&[]);
        }
        let (block, at) = self.locate(address, len)?;
        block.check_written(at, len as usize)?;
        Ok(block.bytes(at, len as usize))
    }

    /// Whether a range may be written to.
    pub fn check_room(&mut self, address: u64, len: u64) -> Result<(), Fault> {
        if len == 0 { Ok(()) } else { self.writable(address, len).map(drop) }
    }

    /// The address stored at an address.
    pub fn pointer_at(&mut self, address: u64) -> Result<u64, Fault> {
        let size = self.pointer_size;
        self.read(address, size, 1)
    }

    /// Stores an address.
    pub fn put_pointer(&mut self, address: u64, pointer: u64) -> Result<(), Fault> {
        let size = self.pointer_size;
        self.write(address, size, 1, pointer)
    }

    /// Bytes of an address.
    pub fn pointer_size(&self) -> u64 {
        self.pointer_size as u64
    }

    /// Overwrites a range.
    pub fn put_bytes(&mut self, address: u64, bytes: &[u8]) -> Result<(), Fault> {
        if !bytes.is_empty() {
            let (block, at) = self.writable(address, bytes.len() as u64)?;
            block.bytes_mut(at, bytes.len()).copy_from_slice(bytes);
            block.marks_mut(at, bytes.len()).fill(WRITTEN);
        }
        Ok(())
    }

    /// The bytes of a C string, without its zero.
    pub fn c_string(&mut self, address: u64) -> Result<&[u8], Fault> {
        let (block, at) = self.locate(address, 1)?;
        let rest = block.bytes(at, block.size - at);
        let len = rest.iter().position(|&byte| byte == 0).unwrap_or(rest.len());
        block.check_written(at, len)?;
        // the terminator itself must be there, and written
        self.bytes(address, len as u64 + 1).map(|bytes| &bytes[..len])
    }

    /// Copies a range with its marks: what had no value has none at the destination.
    pub fn copy(&mut self, dst: u64, src: u64, len: u64, may_overlap: bool) -> Result<(), Fault> {
        if len == 0 {
            return Ok(());
        }
        if !may_overlap && dst.abs_diff(src) < len {
            return Err(Fault::Overlap);
        }
        if len <= PIECE {
            return self.copy_piece(dst, src, len);
        }
        self.locate(src, len)?;
        self.writable(dst, len)?;
        // By pieces, so that what is copied needs no memory of its own size; those that others overwrite come first.
        let count = len.div_ceil(PIECE);
        for n in 0..count {
            let start = PIECE * if dst < src { n } else { count - 1 - n };
            self.copy_piece(dst + start, src + start, PIECE.min(len - start))?;
        }
        Ok(())
    }

    fn copy_piece(&mut self, dst: u64, src: u64, len: u64) -> Result<(), Fault> {
        let mut scratch = std::mem::take(&mut self.scratch);
        let (block, at) = self.locate(src, len)?;
        scratch.clear();
        scratch.extend_from_slice(block.bytes(at, len as usize));
        scratch.extend_from_slice(block.marks(at, len as usize));
        let written = self.write_marked(dst, 1, &scratch);
        self.scratch = scratch;
        written
    }

    /// Sets every byte of a range.
    pub fn fill(&mut self, dst: u64, byte: u8, len: u64) -> Result<(), Fault> {
        if len > 0 {
            let (block, at) = self.writable(dst, len)?;
            block.bytes_mut(at, len as usize).fill(byte);
            block.marks_mut(at, len as usize).fill(WRITTEN);
        }
        Ok(())
    }

    /// Checks that address arithmetic stays within the object of `base` or just past its end. Moving by nothing is
    /// allowed anywhere.
    pub fn check_move(&mut self, base: u64, to: u64) -> Result<(), Fault> {
        if base == to {
            return Ok(());
        }
        let (block, at) = self.locate(base, 0)?;
        let offset = at as i64 + to.wrapping_sub(base) as i64;
        let object = block.size as u64;
        if (0..=object as i64).contains(&offset) {
            return Ok(());
        }
        let kind = self.kind_at(base);
        Err(Fault::MovedOut { kind, object, offset })
    }

    fn kind_at(&self, address: u64) -> ObjectKind {
        if address >= self.stack.end {
            ObjectKind::Heap
        } else if address >= self.globals.end {
            ObjectKind::Slot
        } else {
            ObjectKind::Global
        }
    }

    // ---- leaks

    /// What is left on the heap. A block is reachable when a global, or a reachable block, holds an address inside it
    /// at an offset that is aligned for a pointer.
    pub fn leaks(&mut self) -> Leaks {
        let mut reached = vec![false; self.heap.blocks.len()];
        let mut work: Vec<usize> = Vec::new();
        for global in &self.globals.blocks {
            let addresses = addresses_in(global, self.pointer_size, self.big_endian);
            work.extend(addresses.filter_map(|address| self.live_heap_block(address)));
        }
        while let Some(index) = work.pop() {
            if !std::mem::replace(&mut reached[index], true) {
                let addresses = addresses_in(&self.heap.blocks[index], self.pointer_size, self.big_endian);
                work.extend(addresses.filter_map(|address| self.live_heap_block(address)));
            }
        }
        let mut leaks = Leaks::default();
        for (block, reached) in self.heap.blocks.iter().zip(reached) {
            if reached {
                leaks.reachable += 1;
            } else if block.live {
                leaks.lost.push(Leak { size: block.size as u64, origin: block.origin });
            }
        }
        leaks
    }

    fn live_heap_block(&self, address: u64) -> Option<usize> {
        let index = self.heap.blocks.partition_point(|block| block.base <= address).checked_sub(1)?;
        let block = &self.heap.blocks[index];
        (block.live && address - block.base <= block.size as u64).then_some(index)
    }
}

/// The numbers in a block that may be addresses.
fn addresses_in(block: &Block, pointer_size: usize, big_endian: bool) -> impl Iterator<Item = u64> {
    let marks = block.data[block.data.len() / 2..].chunks_exact(pointer_size);
    let bytes = block.data[..block.data.len() / 2].chunks_exact(pointer_size);
    bytes
        .zip(marks)
        .filter(|(_, marks)| marks.iter().all(|&mark| mark != 0))
        .map(move |(bytes, _)| word_of(bytes, big_endian))
}

fn check_aligned(address: u64, align: u64) -> Result<(), Fault> {
    if address & (align - 1) == 0 { Ok(()) } else { Err(Fault::Misaligned { address, align }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn memory(layout: &str) -> Memory {
        Memory::new(&DataLayout::parse(layout).unwrap(), 2, 1 << 20)
    }

    fn wide() -> Memory {
        memory("e-i64:64")
    }

    #[test]
    fn accesses_stay_in_bounds() {
        let mut m = wide();
        let p = m.alloc(8, Span::NONE);
        m.write(p, 8, 8, 0x1122_3344_5566_7788).unwrap();
        assert_eq!(m.read(p + 4, 4, 4), Ok(0x1122_3344));
        let beyond = Fault::OutOfBounds { kind: ObjectKind::Heap, object: 8, offset: 8, len: 1 };
        assert_eq!(m.read(p + 8, 1, 1), Err(beyond));
        let across = Fault::OutOfBounds { kind: ObjectKind::Heap, object: 8, offset: 4, len: 8 };
        assert_eq!(m.write(p + 4, 8, 4, 0), Err(across));
        assert_eq!(m.read(p + 2, 4, 4), Err(Fault::Misaligned { address: p + 2, align: 4 }));
        assert_eq!(m.read(0, 1, 1), Err(Fault::Null { address: 0 }));
        assert!(matches!(m.read(p + 4096, 1, 1), Err(Fault::Wild { .. })));
        assert!(matches!(m.read(u64::MAX, 1, 1), Err(Fault::Wild { .. })));
    }

    #[test]
    fn big_endian_memory() {
        let mut m = memory("E-p:32:32");
        let p = m.alloc(4, Span::NONE);
        m.write(p, 4, 4, 0x0102_0304).unwrap();
        assert_eq!(m.read(p, 1, 1), Ok(1));
        assert_eq!(m.read(p + 2, 2, 2), Ok(0x0304));
    }

    #[test]
    fn freed_blocks_are_remembered() {
        let mut m = wide();
        let p = m.alloc(8, Span::NONE);
        let inside = Fault::InvalidFree { address: p + 1 };
        assert_eq!(m.free(p + 1), Err(inside));
        m.free(p).unwrap();
        assert_eq!(m.free(p), Err(Fault::DoubleFree { address: p }));
        assert_eq!(m.read(p, 1, 1), Err(Fault::UseAfterFree { address: p }));
        assert_ne!(m.alloc(8, Span::NONE), p, "addresses are not used again");
        assert_eq!(m.free(0), Ok(()));
        let global = m.add_global(1, 1, false).unwrap();
        assert_eq!(m.free(global), Err(Fault::InvalidFree { address: global }));
    }

    #[test]
    fn many_freed_blocks_do_not_pile_up() {
        let mut m = wide();
        let kept = m.alloc(1, Span::NONE);
        for _ in 0..4 * REMEMBERED {
            let p = m.alloc(1, Span::NONE);
            m.free(p).unwrap();
        }
        assert!(m.heap.blocks.len() <= 2 * REMEMBERED);
        assert_eq!(m.leaks().lost.len(), 1);
        assert_eq!(m.write(kept, 1, 1, 1), Ok(()));
    }

    #[test]
    fn uninitialised_bytes_are_copied_but_not_read() {
        let mut m = wide();
        let (p, q) = (m.alloc(8, Span::NONE), m.alloc(8, Span::NONE));
        m.write(p, 4, 4, 7).unwrap();
        assert_eq!(m.read(p, 8, 8), Err(Fault::Uninitialised { address: p + 4 }));
        m.fill(q, 1, 8).unwrap();
        m.copy(q, p, 8, false).unwrap();
        assert_eq!(m.read(q, 4, 4), Ok(7));
        assert_eq!(m.read(q, 8, 8), Err(Fault::Uninitialised { address: q + 4 }));
        assert_eq!(m.copy(p, p + 1, 2, false), Err(Fault::Overlap));
        assert_eq!(m.copy(p, p + 1, 2, true), Ok(()));
        assert_eq!(m.copy(0, 0, 0, false), Ok(()), "nothing may be copied anywhere");
    }

    #[test]
    fn long_ranges_are_moved_over_themselves() {
        let bytes: Vec<u8> = (0..3 * PIECE + 7).map(|i| (i % 251) as u8).collect();
        let len = bytes.len() as u64;
        for (from, to) in [(0, 1), (1, 0), (0, PIECE), (PIECE, 0), (0, PIECE + 3), (5, 5)] {
            let mut m = wide();
            let p = m.alloc(len + 2 * PIECE, Span::NONE);
            m.put_bytes(p + from, &bytes).unwrap();
            m.copy(p + to, p + from, len, true).unwrap();
            assert!(m.bytes(p + to, len).unwrap() == bytes, "from {from} to {to}");
        }
    }

    #[test]
    fn a_block_that_this_machine_has_no_room_for_is_null() {
        let layout = DataLayout::parse("e-i64:64").unwrap();
        let mut m = Memory::new(&layout, 0, u64::MAX);
        // The region has this many addresses, and no process as many beside its own.
        assert_eq!(m.alloc((1 << 46) - (1 << 32), Span::NONE), 0);
        let p = m.alloc(8, Span::NONE);
        assert_eq!(m.write(p, 8, 8, 1), Ok(()), "what is there can be used");
    }

    #[test]
    fn resizing_keeps_bytes_and_frees_the_old_block() {
        let mut m = wide();
        let p = m.alloc(4, Span::NONE);
        m.write(p, 4, 4, 9).unwrap();
        let q = m.resize(p, 8, Span::NONE).unwrap();
        assert_eq!(m.read(q, 4, 4), Ok(9));
        assert_eq!(m.read(p, 4, 4), Err(Fault::UseAfterFree { address: p }));
        assert_eq!(m.resize(q, 1 << 40, Span::NONE), Ok(0), "no room: null");
        assert_eq!(m.read(q, 4, 4), Ok(9), "and the old block is untouched");
        assert_eq!(m.resize(q, 0, Span::NONE), Err(Fault::ResizeToNothing));
    }

    #[test]
    fn slots_end_with_their_function() {
        let mut m = wide();
        m.push_slot(8, 8).unwrap();
        let outer = m.slot_address(0);
        m.push_slot(8, 8).unwrap();
        let inner = m.slot_address(1);
        m.write(inner, 8, 8, 1).unwrap();
        m.end_slots(1..2);
        assert_eq!(m.read(inner, 8, 8), Err(Fault::UseAfterReturn { address: inner }));
        assert_eq!(m.write(outer, 8, 8, 1), Ok(()));
        m.push_slot(8, 8).unwrap();
        assert_ne!(m.slot_address(1), inner);
    }

    #[test]
    fn stack_addresses_last_on_a_32_bit_target() {
        let mut m = memory("e-p:32:32");
        for _ in 0..2_000_000 {
            m.push_slot(1 << 10, 8).unwrap();
            m.end_slots(0..1);
        }
    }

    #[test]
    fn addresses_move_within_an_object() {
        let mut m = wide();
        let p = m.alloc(8, Span::NONE);
        assert_eq!(m.check_move(p, p + 8), Ok(()));
        assert_eq!(m.check_move(p + 8, p), Ok(()));
        assert!(matches!(m.check_move(p, p + 9), Err(Fault::MovedOut { offset: 9, .. })));
        assert!(matches!(m.check_move(p, p - 1), Err(Fault::MovedOut { offset: -1, .. })));
        assert_eq!(m.check_move(0, 0), Ok(()));
        assert_eq!(m.check_move(0, 8), Err(Fault::Null { address: 0 }));
    }

    #[test]
    fn constants_are_read_only() {
        let mut m = wide();
        let p = m.add_constant(b"hi\0", 1).unwrap();
        assert_eq!(m.c_string(p), Ok(&b"hi"[..]));
        assert_eq!(m.put_bytes(p, b"x"), Err(Fault::Constant { address: p }));
        let open = m.add_constant(b"hi", 1).unwrap();
        assert!(matches!(m.c_string(open), Err(Fault::OutOfBounds { .. })));
    }

    #[test]
    fn leaks_are_what_globals_do_not_reach() {
        let mut m = wide();
        let root = m.add_global(8, 8, false).unwrap();
        let a = m.alloc(8, Span::NONE);
        let b = m.alloc(3, Span::NONE);
        m.alloc(5, Span::NONE);
        m.write(root, 8, 8, a).unwrap();
        m.write(a, 8, 8, b + 1).unwrap();
        let leaks = m.leaks();
        assert_eq!(leaks.reachable, 2);
        assert_eq!(leaks.lost.iter().map(|l| l.size).collect::<Vec<_>>(), [5]);
    }

    #[test]
    fn functions_have_addresses() {
        let mut m = wide();
        let f = m.function_address(FuncId(1));
        assert_eq!(m.function_at(f), Ok(FuncId(1)));
        assert_eq!(m.function_at(f + 1), Err(Fault::NotAFunction { address: f + 1 }));
        assert_eq!(m.function_at(f + GAP), Err(Fault::NotAFunction { address: f + GAP }));
        assert!(m.read(f, 1, 1).is_err(), "code is not data");
    }
}
