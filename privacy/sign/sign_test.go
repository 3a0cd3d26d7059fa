package sign

import (
	"bytes"
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/fxamacker/cbor/v2"
	"github.com/veraison/go-cose"
)

func seed(n byte) (s [32]byte) {
	for i := range s {
		s[i] = n
	}
	return s
}

func signed(t testing.TB, kind Kind, payload string) []byte {
	t.Helper()
	b, err := NewKey(seed(1)).Sign(kind, []byte(payload))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestForm writes the whole message out, as another implementation would make it.
func TestForm(t *testing.T) {
	k := NewKey(seed(1))
	payload := []byte("abc")
	protected := "a3" + "01" + "27" + "03" + "6e" + hex.EncodeToString([]byte("tellijn/record")) + "04" + "48" + k.Public().ID().String()
	header, _ := hex.DecodeString(protected)
	// RFC 9052 section 4.4: ["Signature1", protected, external, payload]
	det, _ := cbor.CoreDetEncOptions().EncMode()
	structure, _ := det.Marshal([]any{"Signature1", header, []byte{}, payload})
	signature := ed25519.Sign(ed25519.NewKeyFromSeed(bytes.Repeat([]byte{1}, 32)), structure)
	want := "d2" + "84" + fmt.Sprintf("58%02x", len(header)) + protected + "a0" + "43616263" + "5840" + hex.EncodeToString(signature)
	if got := hex.EncodeToString(signed(t, Record, "abc")); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestOpen(t *testing.T) {
	k, other := NewKey(seed(1)), NewKey(seed(2))
	for kind := Record; kind <= last; kind++ {
		b := signed(t, kind, "something")
		if got, err := Open(kind, k.Public(), b); err != nil || string(got) != "something" {
			t.Errorf("%s: %q, %v", kind, got, err)
		}
		if claimed, id, err := Signer(b); claimed != kind || id != k.Public().ID() || err != nil {
			t.Errorf("%s: claims %s, %s, %v", kind, claimed, id, err)
		}
		for wrong := Kind(0); wrong <= last+1; wrong++ {
			if _, err := Open(wrong, k.Public(), b); wrong != kind && !errors.Is(err, ErrInvalid) {
				t.Errorf("%s taken as %s: %v", kind, wrong, err)
			}
		}
		if _, err := Open(kind, other.Public(), b); !errors.Is(err, ErrSignature) {
			t.Errorf("%s: opened with the key of another: %v", kind, err)
		}
		if _, err := Open(kind, Public{}, b); !errors.Is(err, ErrSignature) {
			t.Errorf("%s: opened with no key: %v", kind, err)
		}
	}
}

// Under the key of zeros, which is a point of order four, signatures can be made without a secret.
// So a key that somebody forgot to set must open nothing.
func TestNoKeyOpensNothing(t *testing.T) {
	var zero Public
	m := message(Record, zero.ID(), []byte("forged"))
	verifier, _ := cose.NewVerifier(cose.AlgorithmEdDSA, zero.key())
	m.Signature = make([]byte, 64) // R is the same point, S = 0: holds when the challenge is 3 modulo 4
	for n := 0; m.Verify(nil, verifier) != nil; n++ {
		if n == 1000 {
			t.Fatal("no forgery in 1,000 tries; the test no longer shows anything")
		}
		m.Payload = fmt.Appendf(nil, "forged %d", n)
	}
	b, err := m.MarshalCBOR()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Open(Record, zero, b); !errors.Is(err, ErrSignature) {
		t.Errorf("a forgery under the key of zeros: %v", err)
	}
}

// TestEveryBit turns each bit of a message over, and cuts it everywhere.
func TestEveryBit(t *testing.T) {
	p, b := NewKey(seed(1)).Public(), signed(t, Log, "what happened")
	for i := range len(b) * 8 {
		bent := slices.Clone(b)
		bent[i/8] ^= 1 << (i % 8)
		if _, err := Open(Log, p, bent); !errors.Is(err, ErrInvalid) && !errors.Is(err, ErrSignature) {
			t.Errorf("bit %d of byte %d: %v", i%8, i/8, err)
		}
	}
	for n := range b {
		if _, err := Open(Log, p, b[:n]); !errors.Is(err, ErrInvalid) {
			t.Errorf("%d bytes of %d: %v", n, len(b), err)
		}
	}
}

// order is that of the group, 2^252 + 27742317777372353535851937790883648493 (RFC 8032 section 5.1).
func order() *big.Int {
	l, _ := new(big.Int).SetString("27742317777372353535851937790883648493", 10)
	return l.Add(l, new(big.Int).Lsh(big.NewInt(1), 252))
}

// TestOneSpelling has what a lenient reader would take: the same headers, payload and a signature that
// satisfies the same equation, written another way.
func TestOneSpelling(t *testing.T) {
	key := NewKey(seed(1))
	p := key.Public()
	good := signed(t, Record, "abc")
	id := p.ID()
	// with signs any headers, as somebody who has the key could.
	with := func(protected, unprotected any, payload []byte) []byte {
		det, _ := cbor.CoreDetEncOptions().EncMode()
		header, isBytes := protected.([]byte)
		if !isBytes {
			header, _ = det.Marshal(protected)
		}
		structure, _ := det.Marshal([]any{"Signature1", header, []byte{}, payload})
		b, err := det.Marshal(cbor.Tag{Number: 18, Content: []any{header, unprotected, payload, ed25519.Sign(key.private(), structure)}})
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	none, three := map[int]any{}, map[int]any{1: -8, 3: "tellijn/record", 4: id[:]}
	if !bytes.Equal(with(three, none, []byte("abc")), good) {
		t.Fatal("the honest form is not the one of Sign")
	}
	four := map[int]any{1: -8, 3: "tellijn/record", 4: id[:], 5: []byte("more")}
	ordered, _ := hex.DecodeString("a3" + "03" + "6e" + hex.EncodeToString([]byte("tellijn/record")) + "01" + "27" + "04" + "48" + id.String())
	at := bytes.Index(good, []byte("\x43abc"))
	longer := slices.Concat(good[:at], []byte("\x58\x03abc"), good[at+4:])
	inPieces := slices.Concat(good[:at], []byte("\x5f\x43abc\xff"), good[at+4:])
	// S + L satisfies the equation of the signature too; RFC 8032 section 5.1.7 has S below L.
	high := slices.Clone(good)
	s := high[len(high)-32:]
	slices.Reverse(s)
	new(big.Int).Add(new(big.Int).SetBytes(s), order()).FillBytes(s)
	slices.Reverse(s)
	for what, b := range map[string][]byte{
		"one more header":     with(four, none, []byte("abc")),
		"unprotected header":  with(three, map[int]any{5: []byte("more")}, []byte("abc")),
		"unprotected key id":  with(map[int]any{1: -8, 3: "tellijn/record"}, map[int]any{4: id[:]}, []byte("abc")),
		"no content":          with(map[int]any{1: -8, 4: id[:]}, none, []byte("abc")),
		"no key id":           with(map[int]any{1: -8, 3: "tellijn/record"}, none, []byte("abc")),
		"short key id":        with(map[int]any{1: -8, 3: "tellijn/record", 4: id[:7]}, none, []byte("abc")),
		"no algorithm":        with(map[int]any{3: "tellijn/record", 4: id[:]}, none, []byte("abc")),
		"other algorithm":     with(map[int]any{1: -7, 3: "tellijn/record", 4: id[:]}, none, []byte("abc")),
		"unknown content":     with(map[int]any{1: -8, 3: "tellijn/other", 4: id[:]}, none, []byte("abc")),
		"headers reordered":   with(ordered, none, []byte("abc")),
		"no headers":          with([]byte{}, none, []byte("abc")),
		"payload elsewhere":   with(three, none, nil),
		"empty payload":       with(three, none, []byte{}),
		"untagged":            good[1:],
		"other tag":           append([]byte{0xd8, 98}, good[1:]...),
		"long tag":            append([]byte{0xd8, 18}, good[1:]...),
		"byte behind":         append(slices.Clone(good), 0),
		"twice":               append(slices.Clone(good), good...),
		"longer length":       longer,
		"payload in pieces":   inPieces,
		"high S":              high,
		"payload too large":   with(three, none, make([]byte, MaxSize)),
		"signature too short": append(slices.Clone(good[:len(good)-66]), append([]byte{0x58, 63}, good[len(good)-64:len(good)-1]...)...),
		"nothing":             nil,
	} {
		want := ErrInvalid
		if what == "high S" {
			want = ErrSignature
		}
		if _, err := Open(Record, p, b); !errors.Is(err, want) {
			t.Errorf("%s: got %v, want %v", what, err, want)
		}
		if _, _, err := Signer(b); what != "high S" && !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: Signer: %v", what, err)
		}
	}
}

func TestRefusedToSign(t *testing.T) {
	k := NewKey(seed(1))
	overhead := len(signed(t, Record, strings.Repeat("x", 3000))) - 3000
	for what, try := range map[string]func() ([]byte, error){
		"kind 0":     func() ([]byte, error) { return k.Sign(0, []byte("x")) },
		"kind 8":     func() ([]byte, error) { return k.Sign(8, []byte("x")) },
		"no payload": func() ([]byte, error) { return k.Sign(Record, nil) },
		"no key":     func() ([]byte, error) { return Key{}.Sign(Record, []byte("x")) },
		"too large":  func() ([]byte, error) { return k.Sign(Record, make([]byte, MaxSize-overhead+1)) },
	} {
		if _, err := try(); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: %v", what, err)
		}
	}
	largest, err := k.Sign(Record, make([]byte, MaxSize-overhead))
	if err != nil || len(largest) != MaxSize {
		t.Fatalf("largest: %d bytes, %v", len(largest), err)
	}
	if _, err := Open(Record, k.Public(), largest); err != nil {
		t.Errorf("largest: %v", err)
	}
}

// FuzzOpen looks for a second message that says the same, and for what ends the program. Whatever is
// taken must be what Sign gives for it.
func FuzzOpen(f *testing.F) {
	key := NewKey(seed(1))
	for kind := Record; kind <= last; kind++ {
		f.Add(uint8(kind), signed(f, kind, "payload"))
	}
	f.Add(uint8(1), []byte{0xd2, 0x84, 0x40, 0xa0, 0x41, 0, 0x40})
	f.Fuzz(func(t *testing.T, kind uint8, b []byte) {
		payload, err := Open(Kind(kind), key.Public(), b)
		if err != nil {
			if !errors.Is(err, ErrInvalid) && !errors.Is(err, ErrSignature) {
				t.Fatalf("%v is no error of this package", err)
			}
			return
		}
		again, err := key.Sign(Kind(kind), payload)
		if err != nil || !bytes.Equal(again, b) {
			t.Fatalf("taken, but Sign gives %x, %v", again, err)
		}
	})
}
