#include "textflag.h"

// func Vector(p *[16]byte, state *uint32)
TEXT ·Vector(SB), NOSPLIT, $0-16
	MOVQ  p+0(FP), AX
	MOVQ  state+8(FP), BX
	MOVOU (AX), X13
	MOVQ  $0, (AX)
	MOVQ  $0, 8(AX)

	MOVL $1, (BX)

spin:
	PAUSE
	MOVL  (BX), CX
	CMPL  CX, $2
	JNE   spin
	PXOR  X13, X13
	RET

// func General(p *[8]byte, state *uint32)
TEXT ·General(SB), NOSPLIT, $0-16
	MOVQ p+0(FP), AX
	MOVQ state+8(FP), BX
	MOVQ (AX), R11
	MOVQ $0, (AX)

	MOVL $1, (BX)

spin:
	PAUSE
	MOVL  (BX), CX
	CMPL  CX, $2
	JNE   spin
	XORQ  R11, R11
	RET

// func Wide(p *[32]byte, state *uint32)
TEXT ·Wide(SB), NOSPLIT, $0-16
	MOVQ    p+0(FP), AX
	MOVQ    state+8(FP), BX
	VMOVDQU (AX), Y13
	MOVQ    $0, (AX)
	MOVQ    $0, 8(AX)
	MOVQ    $0, 16(AX)
	MOVQ    $0, 24(AX)

	MOVL $1, (BX)

spin:
	PAUSE
	MOVL  (BX), CX
	CMPL  CX, $2
	JNE   spin
	VPXOR Y13, Y13, Y13
	VZEROUPPER
	RET
