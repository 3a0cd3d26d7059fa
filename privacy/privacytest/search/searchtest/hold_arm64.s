#include "textflag.h"

// func Vector(p *[16]byte, state *uint32)
TEXT ·Vector(SB), NOSPLIT, $0-16
	MOVD p+0(FP), R0
	MOVD state+8(FP), R1
	VLD1 (R0), [V29.B16]
	MOVD ZR, (R0)
	MOVD ZR, 8(R0)

	MOVD $1, R2
	STLRW R2, (R1)

spin:
	YIELD
	MOVWU (R1), R2
	CMPW  $2, R2
	BNE   spin
	VEOR  V29.B16, V29.B16, V29.B16
	RET

// func General(p *[8]byte, state *uint32)
TEXT ·General(SB), NOSPLIT, $0-16
	MOVD p+0(FP), R0
	MOVD state+8(FP), R1
	MOVD (R0), R9
	MOVD ZR, (R0)

	MOVD $1, R2
	STLRW R2, (R1)

spin:
	YIELD
	MOVWU (R1), R2
	CMPW  $2, R2
	BNE   spin
	MOVD  ZR, R9
	RET
