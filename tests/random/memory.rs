//! Memory: places of known types, ways to get from one to another, and what is done there.

use simplec::mir::*;

use super::body::{Body, Place, Root};
use super::program::{INTS, SCALARS};

const LOAD_ORDERS: &[Ordering] = &[Ordering::Relaxed, Ordering::Acquire, Ordering::SeqCst];
const STORE_ORDERS: &[Ordering] = &[Ordering::Relaxed, Ordering::Release, Ordering::SeqCst];
const ORDERS: &[Ordering] =
    &[Ordering::Relaxed, Ordering::Acquire, Ordering::Release, Ordering::AcqRel, Ordering::SeqCst];
const FENCES: &[Ordering] = &[Ordering::Acquire, Ordering::Release, Ordering::AcqRel, Ordering::SeqCst];
const ALIASES: &[Alias] = &[Alias::Any, Alias::Header, Alias::Element, Alias::Field];

impl Body<'_, '_> {
    pub fn memory(&mut self) {
        match self.rng.below(25) {
            0..5 => self.load(),
            5..9 => self.store(),
            9..11 => drop(self.slot()),
            11 => self.atomic(),
            12 => self.atomic(),
            13 => self.volatile(),
            14 => self.copy(),
            15 => self.move_within(),
            16 => self.fill(),
            17 => self.heap(),
            18 => self.count_references(),
            19 => self.bytes(),
            20 => self.addresses(),
            21 => self.address_in_memory(),
            22 => self.either(),
            23 => self.walk(),
            _ => self.payload(),
        }
    }

    fn new_object(&mut self) -> Root {
        self.objects += 1;
        Root::Own(self.objects)
    }

    /// A new slot of a type, initialised.
    pub fn slot_of(&mut self, ty: Ty) -> Place {
        let value = self.pick(ty);
        let slot = self.b.slot(ty);
        let ptr = self.b.slot_addr(slot);
        let alias = self.rng.pick(ALIASES);
        self.b.store(value, ptr, alias);
        Place { ptr, ty, root: self.new_object(), alias, writable: true }
    }

    fn slot(&mut self) -> Place {
        let ty = self.rng.pick(&self.world.values);
        let place = self.slot_of(ty);
        self.places.push(place);
        place
    }

    /// A place in scope, or a part of one.
    fn place(&mut self) -> Place {
        if self.places.is_empty() || self.rng.one_in(10) {
            self.slot();
        }
        let a = self.rng.below(self.places.len());
        let b = self.rng.below(self.places.len());
        let mut place = self.places[a.max(b)];
        while self.rng.one_in(2) {
            match self.part(place) {
                Some(part) => place = part,
                None => break,
            }
        }
        place
    }

    fn writable(&mut self) -> Place {
        for _ in 0..4 {
            let place = self.place();
            if place.writable {
                return place;
            }
        }
        self.slot()
    }

    /// A place of an integer type that may be written.
    fn integer(&mut self) -> Place {
        for _ in 0..4 {
            let place = self.place();
            if place.writable && place.ty.is_int() {
                return place;
            }
        }
        let ty = self.rng.pick(INTS);
        let place = self.slot_of(ty);
        self.places.push(place);
        place
    }

    /// A field or an element.
    fn part(&mut self, place: Place) -> Option<Place> {
        let count = self.b.module.types.field_count(place.ty).filter(|&n| n > 0)?;
        let TypeData::FixedArray(elem, _) = self.data(place.ty) else {
            let (index, ty) = self.field_of(place.ty);
            let ptr = if self.rng.one_in(4) {
                let offset = self.b.offset_of(place.ty, index);
                self.b.ptr_add(place.ptr, offset)
            } else {
                self.b.field_addr(place.ptr, place.ty, index)
            };
            return Some(Place { ptr, ty, ..place });
        };
        let ty = self.rng.pick(INTS);
        let ptr = match self.rng.below(4) {
            0 => {
                let (index, _) = self.field_of(place.ty);
                self.b.field_addr(place.ptr, place.ty, index)
            }
            1 if ty.is_signed() => {
                // Back from a later element.
                let last = self.b.field_addr(place.ptr, place.ty, count as u32 - 1);
                let index = self.below(ty, count);
                let back = self.b.neg(index);
                self.b.index_addr(last, elem, back)
            }
            _ => {
                let index = self.below(ty, count);
                self.b.index_addr(place.ptr, elem, index)
            }
        };
        Some(Place { ptr, ty: elem, ..place })
    }

    fn alias(&mut self, place: Place) -> Alias {
        if self.rng.one_in(4) { Alias::Any } else { place.alias }
    }

    fn load(&mut self) {
        let place = self.place();
        let alias = self.alias(place);
        let dst = self.dst(place.ty);
        self.b.push(Some(dst), CoreOp::Load { addr: place.ptr, alias });
        self.define(dst);
    }

    fn store(&mut self) {
        let place = self.writable();
        let value = self.pick(place.ty);
        let alias = self.alias(place);
        self.b.store(value, place.ptr, alias);
    }

    fn atomic(&mut self) {
        let Place { ptr, ty, .. } = self.integer();
        match self.rng.below(5) {
            0 => {
                let order = self.rng.pick(LOAD_ORDERS);
                let old = self.b.load_atomic(ty, ptr, order);
                self.define(old);
            }
            1 => {
                let order = self.rng.pick(STORE_ORDERS);
                let value = self.pick(ty);
                self.b.store_atomic(value, ptr, order);
            }
            2 => {
                let order = self.rng.pick(ORDERS);
                let expected =
                    if self.rng.one_in(2) { self.b.load(ty, ptr, Alias::Any) } else { self.pick(ty) };
                let new = self.pick(ty);
                let result = self.b.cmpxchg(expected, new, ptr, order);
                self.define(result);
            }
            3 if self.rng.one_in(2) => {
                let order = self.rng.pick(FENCES);
                self.b.fence(order);
            }
            _ => {
                let order = self.rng.pick(ORDERS);
                let rmw = self.rng.pick(RmwOp::NAMES).1;
                let value = self.pick(ty);
                let old = self.b.rmw(rmw, value, ptr, order);
                self.define(old);
            }
        }
    }

    fn volatile(&mut self) {
        let ty = self.rng.pick(SCALARS);
        let place = self.slot_of(ty);
        let value = self.pick(ty);
        self.b.store_volatile(value, place.ptr);
        let loaded = self.b.load_volatile(ty, place.ptr);
        self.define(loaded);
        self.places.push(place);
    }

    /// Copies between two places of one type.
    fn copy(&mut self) {
        let to = self.writable();
        let from = self.places.iter().copied().filter(|from| from.ty == to.ty).collect::<Vec<_>>();
        let from = if from.is_empty() { self.slot_of(to.ty) } else { self.rng.pick(&from) };
        let len = self.b.size_of(to.ty);
        if from.root.is_apart_from(to.root) && !self.rng.one_in(3) {
            self.b.mem_copy(to.ptr, from.ptr, len);
        } else {
            self.b.mem_move(to.ptr, from.ptr, len);
        }
    }

    /// Moves some elements of an array over others.
    fn move_within(&mut self) {
        let Some((place, elem, count)) = self.array() else { return };
        let len = self.rng.between(0, count as usize) as u64;
        let (to, from) = (self.below(Ty::USIZE, count - len + 1), self.below(Ty::USIZE, count - len + 1));
        let to = self.b.index_addr(place.ptr, elem, to);
        let from = self.b.index_addr(place.ptr, elem, from);
        let size = self.b.size_of(elem);
        let len = self.b.int(Ty::USIZE, len as i64);
        let len = self.b.mul(size, len);
        self.b.mem_move(to, from, len);
    }

    /// A writable array, its element type and length.
    fn array(&mut self) -> Option<(Place, Ty, u64)> {
        let arrays: Vec<(Ty, Ty, u64)> = self
            .world
            .aggregates
            .iter()
            .filter_map(|&ty| match self.b.module.types.get(ty) {
                &TypeData::FixedArray(elem, count) if count > 0 => Some((ty, elem, count)),
                _ => None,
            })
            .collect();
        if arrays.is_empty() {
            return None;
        }
        let (ty, elem, count) = self.rng.pick(&arrays);
        let known: Vec<Place> = self.places.iter().copied().filter(|p| p.ty == ty && p.writable).collect();
        let place = if known.is_empty() { self.slot_of(ty) } else { self.rng.pick(&known) };
        self.places.push(place);
        Some((place, elem, count))
    }

    /// Walks over whole arrays element by element, as optimisers like it: they make vectors of such loops.
    fn walk(&mut self) {
        let count = self.rng.between(8, 40) as u64;
        if !self.affords(count * 20) {
            return self.load();
        }
        self.pay(count * 20);
        let elem = self.rng.pick(SCALARS);
        let ty = self.b.module.types.intern(TypeData::FixedArray(elem, count));
        let arrays = [(); 2].map(|()| self.slot_of_zeros(ty));
        let (seed, step) = (self.pick(elem), self.pick(elem));
        self.each_index(count, |body, i| {
            // Not all elements the same: every third is the step.
            let three = body.b.int(Ty::U32, 3);
            let rest = body.b.rem(i, three);
            let zero = body.b.int(Ty::U32, 0);
            let is_third = body.b.eq(rest, zero);
            let value = body.b.select(is_third, step, seed);
            for place in arrays {
                let at = body.b.index_addr(place.ptr, elem, i);
                body.b.store(value, at, place.alias);
            }
        });
        let sum = self.b.mov(seed);
        let rows: &[fn(Reg, Reg) -> CoreOp] = match elem {
            Ty::BOOL => {
                &[|a, b| CoreOp::And { a, b }, |a, b| CoreOp::Or { a, b }, |a, b| CoreOp::Xor { a, b }]
            }
            Ty::F32 | Ty::F64 => &[
                |a, b| CoreOp::Add { a, b },
                |a, b| CoreOp::Sub { a, b },
                |a, b| CoreOp::Mul { a, b },
                |a, b| CoreOp::Div { a, b },
                |a, b| CoreOp::Min { a, b },
                |a, b| CoreOp::Max { a, b },
            ],
            _ => &[
                |a, b| CoreOp::Add { a, b },
                |a, b| CoreOp::Sub { a, b },
                |a, b| CoreOp::Mul { a, b },
                |a, b| CoreOp::Min { a, b },
                |a, b| CoreOp::Max { a, b },
                |a, b| CoreOp::Xor { a, b },
                |a, count| CoreOp::Shl { a, count },
                |a, count| CoreOp::Shr { a, count },
                |a, count| CoreOp::RotateLeft { a, count },
            ],
        };
        let (combine, fold) = (self.rng.pick(rows), self.rng.pick(rows));
        let shift = self.rng.below(count as usize - 4) as u64;
        self.each_index(count - shift, |body, i| {
            let by = body.b.int(Ty::U32, shift as i64);
            let j = body.b.add(i, by);
            let [a, b] = arrays;
            let (from, to) = (body.b.index_addr(a.ptr, elem, j), body.b.index_addr(b.ptr, elem, i));
            let (x, y) = (body.b.load(elem, from, a.alias), body.b.load(elem, to, b.alias));
            let z = body.b.reg(elem);
            body.b.push(Some(z), combine(x, y));
            body.b.store(z, to, b.alias);
            body.b.push(Some(sum), fold(sum, z));
        });
        self.define(sum);
        self.places.extend(arrays);
    }

    fn slot_of_zeros(&mut self, ty: Ty) -> Place {
        let slot = self.b.slot(ty);
        let ptr = self.b.slot_addr(slot);
        let alias = self.rng.pick(ALIASES);
        let zero = self.b.zero(ty);
        self.b.store(zero, ptr, alias);
        Place { ptr, ty, root: self.new_object(), alias, writable: true }
    }

    /// A loop over the numbers below `count`; its body makes no blocks.
    fn each_index(&mut self, count: u64, each: impl FnOnce(&mut Self, Reg)) {
        let i = self.b.int(Ty::U32, 0);
        let (body, exit) = (self.b.block(), self.b.block());
        self.b.goto(body);
        self.b.switch_to(body);
        each(self, i);
        let one = self.b.int(Ty::U32, 1);
        self.b.push(Some(i), CoreOp::Add { a: i, b: one });
        let count = self.b.int(Ty::U32, count as i64);
        let more = self.b.lt(i, count);
        self.b.branch(more, body, exit, Hint::None);
        self.b.switch_to(exit);
    }

    /// Whether any bytes are a value of the type. A NaN made of them is like any other.
    fn takes_any_bytes(&self, ty: Ty) -> bool {
        let types = &self.b.module.types;
        ty.is_int() || ty.is_float() || {
            let count = types.field_count(ty);
            count.is_some_and(|n| {
                (0..n).all(|i| types.field(ty, i as u32).is_some_and(|f| self.takes_any_bytes(f)))
            })
        }
    }

    fn fill(&mut self) {
        let place = self.writable();
        let byte = if self.takes_any_bytes(place.ty) { self.pick(Ty::U8) } else { self.b.int(Ty::U8, 0) };
        let len = self.b.size_of(place.ty);
        self.b.mem_fill(place.ptr, byte, len);
    }

    /// A heap block that lives for some statements.
    fn heap(&mut self) {
        let elem = self.rng.pick(&self.world.values);
        let count = self.rng.between(1, 4) as u64;
        let ty = self.b.module.types.intern(TypeData::FixedArray(elem, count));
        let size = self.b.size_of(ty);
        // The C library may make anything of no bytes.
        let size = self.at_least_one(size);
        let mut ptr =
            if self.rng.one_in(3) { self.b.heap_alloc_zeroed(size) } else { self.b.heap_alloc(size) };
        let value = self.pick(elem);
        self.b.store(value, ptr, Alias::Any);
        if self.rng.one_in(2) {
            let size = self.b.add(size, size);
            ptr = self.b.heap_resize(ptr, size);
        }
        for i in 1..count {
            let index = self.b.int(Ty::I32, i as i64);
            let at = self.b.index_addr(ptr, elem, index);
            let value = self.pick(elem);
            self.b.store(value, at, Alias::Any);
        }
        let mark = self.mark();
        let place = Place { ptr, ty, root: self.new_object(), alias: Alias::Any, writable: true };
        self.places.push(place);
        self.heap.push(ptr);
        let loops = std::mem::take(&mut self.loops);
        let statements = self.rng.between(1, 4);
        self.statements(statements);
        self.loops = loops;
        self.heap.pop();
        let last = self.b.load(elem, ptr, Alias::Any);
        self.b.heap_free(ptr);
        self.reset(mark);
        if self.b.current().is_some() {
            self.define(last);
        }
    }

    fn at_least_one(&mut self, size: Reg) -> Reg {
        let one = self.b.int(Ty::USIZE, 1);
        self.b.max(size, one)
    }

    fn count_references(&mut self) {
        let count = self.rng.between(1, 3);
        let start = self.b.int(Ty::ISIZE, count as i64);
        let slot = self.b.slot(Ty::ISIZE);
        let ptr = self.b.slot_addr(slot);
        self.b.store(start, ptr, Alias::Header);
        let ptr = if self.rng.one_in(2) { self.b.nonnull(ptr) } else { ptr };
        for _ in 0..self.rng.between(1, 4) {
            let result = match self.rng.below(3) {
                0 => {
                    self.b.retain(ptr);
                    continue;
                }
                1 => self.b.release(ptr),
                _ => self.b.is_unique(ptr),
            };
            self.define(result);
        }
        let count = self.b.load(Ty::ISIZE, ptr, Alias::Header);
        self.define(count);
    }

    /// One byte of an integer.
    fn bytes(&mut self) {
        let Place { ptr, ty, .. } = self.integer();
        let index = match ty.fixed_bits() {
            Some(bits) => {
                let of = self.rng.pick(INTS);
                self.below(of, u64::from(bits / 8))
            }
            None => self.below(Ty::USIZE, 4),
        };
        let at = self.b.ptr_add(ptr, index);
        if self.rng.one_in(2) {
            let byte = self.b.load(Ty::U8, at, Alias::Any);
            self.define(byte);
        } else {
            let byte = self.pick(Ty::U8);
            self.b.store(byte, at, Alias::Any);
        }
    }

    /// Comparisons and differences of addresses within one object, and the way through a number and back.
    fn addresses(&mut self) {
        let Some((place, elem, count)) = self.array() else { return };
        let (i, j) = (self.below(Ty::U16, count), self.below(Ty::I64, count));
        let (a, b) = (self.b.index_addr(place.ptr, elem, i), self.b.index_addr(place.ptr, elem, j));
        let result = match self.rng.below(5) {
            0 => self.b.eq(a, b),
            1 => self.b.lt(a, b),
            2 => self.b.ge(a, b),
            3 => {
                let (a, b) = (self.b.ptr_to_int(a), self.b.ptr_to_int(b));
                self.b.sub(a, b)
            }
            _ => {
                // The numbers themselves differ from one back end to the next, and stay out of scope.
                let number = self.b.ptr_to_int(a);
                let by = self.pick(Ty::USIZE);
                let there = self.b.add(number, by);
                let back = self.b.sub(there, by);
                let ptr = self.b.int_to_ptr(back);
                self.places.push(Place { ptr, ty: elem, ..place });
                return;
            }
        };
        self.define(result);
    }

    /// An address written to memory and read again.
    fn address_in_memory(&mut self) {
        let place = self.place();
        let slot = self.b.slot(Ty::PTR);
        let at = self.b.slot_addr(slot);
        if self.rng.one_in(2) {
            self.b.store(place.ptr, at, Alias::Any);
            let ptr = self.b.load(Ty::PTR, at, Alias::Any);
            self.places.push(Place { ptr, ..place });
        } else {
            self.b.store_atomic(place.ptr, at, Ordering::Release);
            let ptr = self.b.load_atomic(Ty::PTR, at, Ordering::Acquire);
            self.places.push(Place { ptr, ..place });
        }
    }

    /// One of two places of one type.
    fn either(&mut self) {
        let a = self.place();
        let others: Vec<Place> = self.places.iter().copied().filter(|b| b.ty == a.ty).collect();
        let b = if others.is_empty() { self.slot_of(a.ty) } else { self.rng.pick(&others) };
        let cond = self.pick(Ty::BOOL);
        let ptr = self.b.select(cond, a.ptr, b.ptr);
        let writable = a.writable && b.writable;
        let alias = if a.alias == b.alias { a.alias } else { Alias::Any };
        self.places.push(Place { ptr, ty: a.ty, root: Root::Unknown, alias, writable });
    }

    /// The payload of an enum in memory.
    fn payload(&mut self) {
        let ty = self.rng.pick(&self.world.enums);
        let known: Vec<Place> = self.places.iter().copied().filter(|p| p.ty == ty).collect();
        let place = if known.is_empty() { self.slot_of(ty) } else { self.rng.pick(&known) };
        let TypeData::Enum(id) = self.data(ty) else { return };
        let variants = self.b.module.types.enum_def(id).variants.clone();
        let variant = self.rng.below(variants.len());
        let payload = &variants[variant].1;
        if payload.is_empty() {
            return;
        }
        let tag = self.b.load(Ty::U32, place.ptr, Alias::Any);
        let expected = self.b.int(Ty::U32, variant as i64);
        let is_it = self.b.eq(tag, expected);
        let (inside, join) = (self.b.block(), self.b.block());
        self.b.branch(is_it, inside, join, Hint::None);
        self.b.switch_to(inside);
        let mark = self.mark();
        let field = self.rng.below(payload.len());
        let ptr = self.b.variant_addr(place.ptr, ty, variant as u32, field as u32);
        let part = Place { ptr, ty: payload[field], ..place };
        let value = self.b.load(part.ty, ptr, part.alias);
        self.define(value);
        if part.writable {
            let value = self.pick(part.ty);
            self.b.store(value, ptr, part.alias);
        }
        let count = self.rng.below(3);
        self.statements(count);
        self.reset(mark);
        self.b.goto(join);
        self.b.switch_to(join);
    }
}
