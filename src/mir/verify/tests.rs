//! What MIR text cannot say; the rest is under tests/verify.

use crate::diagnostics::{Code, Span};
use crate::mir::*;

fn codes(module: &Module) -> Vec<Option<Code>> {
    verify(module).map_or_else(|errors| errors.iter().map(|error| error.code).collect(), |()| Vec::new())
}

/// A module with one function, of one block and one parameter.
fn module() -> Module {
    let mut module = Module::new("test");
    let sig = Signature { params: vec![Ty::PTR], ret: Ty::UNIT, variadic: false, abi: Abi::Simple };
    let sig = module.types.intern_sig(sig);
    module.funcs.push(Function::declare("f", sig, &module.types, Linkage::Internal));
    let mut b = FunctionBuilder::new(&mut module, FuncId(0));
    b.ret(None);
    b.finish();
    module
}

#[test]
fn handles_that_stand_for_nothing_are_refused() {
    let nothing = RegList::default();
    let past = RegList { start: 3, len: u32::MAX };
    let ops: [(Option<Reg>, CoreOp); 11] = [
        (Some(Reg(0)), CoreOp::Mov { a: Reg(1) }),
        (Some(Reg(1)), CoreOp::Mov { a: Reg(0) }),
        (Some(Reg(0)), CoreOp::GlobalAddr { global: GlobalId(0) }),
        (Some(Reg(0)), CoreOp::FuncAddr { func: FuncId(1) }),
        (Some(Reg(0)), CoreOp::SlotAddr { slot: SlotId(0) }),
        (Some(Reg(0)), CoreOp::FieldAddr { base: Reg(0), ty: Ty(999), index: 0 }),
        (None, CoreOp::Call { func: FuncId(7), args: nothing }),
        (None, CoreOp::Call { func: FuncId(0), args: past }),
        (None, CoreOp::CallIndirect { callee: Reg(0), sig: SigId(5), args: nothing }),
        (None, CoreOp::DebugValue { value: Reg(0), name: StrId(0), ty: Ty::I64, param: 0 }),
        (None, CoreOp::Store { value: Reg(u32::MAX), addr: Reg(0), alias: Alias::Any }),
    ];
    assert_eq!(codes(&module()), []);
    for (dst, op) in ops {
        let mut module = module();
        module.funcs[0].blocks[0].insts.push(Inst { op: op.into(), dst, span: Span::NONE });
        assert_eq!(codes(&module), [Some(Code::MirHandle)], "{op:?}");
        if op != (CoreOp::Call { func: FuncId(0), args: past }) {
            print(&module);
        }
    }
    let switch =
        |start, len| Terminator::Switch { value: Reg(0), cases: CaseList { start, len }, default: Block(0) };
    let terms = [
        Terminator::Goto(Block(1)),
        Terminator::Return(Some(Reg(4))),
        Terminator::Panic(StrId(0)),
        Terminator::TailCall { func: FuncId(1), args: nothing },
        Terminator::TailCall { func: FuncId(0), args: past },
        switch(0, 1),
        switch(u32::MAX, u32::MAX),
    ];
    for term in terms {
        let mut module = module();
        module.funcs[0].blocks[0].term = term;
        assert_eq!(codes(&module), [Some(Code::MirHandle)], "{term:?}");
        if !matches!(term, Terminator::TailCall { .. } | Terminator::Switch { .. }) {
            print(&module);
        }
    }
}

#[test]
fn functions_are_what_their_signatures_say() {
    let mut short = module();
    short.funcs[0].regs.clear();
    assert_eq!(codes(&short), [Some(Code::MirSignature)]);

    let mut other = module();
    other.funcs[0].regs[0].ty = Ty::I64;
    assert_eq!(codes(&other), [Some(Code::MirSignature)]);

    let mut facts = module();
    facts.funcs[0].params.clear();
    assert_eq!(codes(&facts), [Some(Code::MirSignature)]);

    let mut none = module();
    none.funcs[0].sig = SigId(1);
    assert_eq!(codes(&none), [Some(Code::MirSignature)]);

    let mut register = module();
    register.funcs[0].regs.push(RegData { ty: Ty::UNIT, name: None });
    assert_eq!(codes(&register), [Some(Code::MirTypeDef)]);

    let mut foreign = module();
    foreign.funcs[0].regs.push(RegData { ty: Ty(10_000), name: None });
    assert_eq!(codes(&foreign), [Some(Code::MirTypeDef)]);
}

#[test]
fn deep_and_foreign_types_are_refused() {
    let mut deep = module();
    let mut ty = Ty::I64;
    for _ in 0..100_000 {
        ty = deep.types.intern(TypeData::Array(ty));
    }
    assert_eq!(codes(&deep), [Some(Code::MirTypeDef)]);

    // By way of names: each struct holds the one before.
    let mut named = module();
    let mut ty = Ty::I64;
    for i in 0..100_000 {
        let id = named.types.add_struct(StructDef { name: format!("S{i}"), fields: vec![("x".into(), ty)] });
        ty = named.types.intern(TypeData::Struct(id));
    }
    assert_eq!(codes(&named), [Some(Code::MirTypeDef)]);

    let mut foreign = module();
    foreign.types.intern(TypeData::Struct(StructId(0)));
    assert_eq!(codes(&foreign), [Some(Code::MirTypeDef)]);
    let mut foreign = module();
    foreign.types.intern(TypeData::Tuple(vec![Ty(1 << 30)]));
    assert_eq!(codes(&foreign), [Some(Code::MirTypeDef)]);
}
