package batch

import (
	"bytes"
	"errors"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"tellijn/privacy/coding"
	"tellijn/privacy/sign"
)

func key() sign.Key { return sign.NewKey([32]byte{1, 2, 3}) }

func receipt() Receipt {
	b := good()
	encoded, _ := Encode(&b)
	return Receipt{Version: Version, Device: b.Device, Number: b.Number, At: 1_795_330_800, Batch: DigestOf(encoded),
		Verdicts: []Verdict{{}, {Outcome: Refused, Reason: Simulated}, {}}}
}

func TestReceipt(t *testing.T) {
	r := receipt()
	signed, err := SealReceipt(key(), &r)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "receipt", signed)
	got, err := OpenReceipt(key().Public(), signed)
	if err != nil || !reflect.DeepEqual(got, r) {
		t.Fatalf("%+v, %v", got, err)
	}
	if _, err := OpenReceipt(sign.NewKey([32]byte{9}).Public(), signed); !errors.Is(err, sign.ErrSignature) {
		t.Errorf("another key: %v", err)
	}
	for i := range signed {
		for bit := range 8 {
			signed[i] ^= 1 << bit
			if _, err := OpenReceipt(key().Public(), signed); err == nil {
				t.Fatalf("byte %d, bit %d bent: taken", i, bit)
			}
			signed[i] ^= 1 << bit
		}
	}
	payload, _ := coding.Marshal(&r)
	asRecord, err := key().Sign(sign.Record, payload)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := OpenReceipt(key().Public(), asRecord); err == nil {
		t.Error("a receipt that was signed as something else was taken")
	}
	if _, err := OpenReceipt(key().Public(), make([]byte, MaxReceipt+1)); !errors.Is(err, ErrInvalid) {
		t.Errorf("large: %v", err)
	}
}

func TestReceiptForTheBatchOnly(t *testing.T) {
	b := good()
	for _, tc := range []struct {
		want string
		turn func(*Receipt)
	}{
		{"", func(*Receipt) {}},
		{"device", func(r *Receipt) { r.Device = "south-door" }},
		{"old answer", func(r *Receipt) { r.Number[7]++ }},
		{"2 verdicts", func(r *Receipt) { r.Verdicts = r.Verdicts[:2] }},
		{"4 verdicts", func(r *Receipt) { r.Verdicts = append(r.Verdicts, Verdict{}) }},
		{"other bytes", func(r *Receipt) { r.Batch[31]++ }},
	} {
		r := receipt()
		tc.turn(&r)
		switch err := r.Answers(&b); {
		case tc.want == "" && err != nil:
			t.Errorf("the right one: %v", err)
		case tc.want != "" && (!errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), tc.want)):
			t.Errorf("got %v, want %q", err, tc.want)
		}
	}
}

// TestAltered has somebody on the way alter a batch and pass the collector's true receipt for that on: one
// bit of an item, items in another order, old ones in the place of new ones. The device takes none of them.
func TestAltered(t *testing.T) {
	b := good()
	for what, turn := range map[string]func(*Batch){
		"a bit":           func(o *Batch) { o.Items[0].Bytes = append([]byte{o.Items[0].Bytes[0] ^ 1}, o.Items[0].Bytes[1:]...) },
		"another order":   func(o *Batch) { o.Items[0], o.Items[1] = o.Items[1], o.Items[0] },
		"an item twice":   func(o *Batch) { o.Items[1] = o.Items[0] },
		"how many wait":   func(o *Batch) { o.Waiting++ },
		"nothing altered": func(*Batch) {},
	} {
		o := b
		o.Items = append([]Item{}, b.Items...)
		turn(&o)
		encoded, err := Encode(&o)
		if err != nil {
			t.Fatal(err)
		}
		r := Receipt{Version: Version, Device: o.Device, Number: o.Number, Verdicts: make([]Verdict, len(o.Items)), At: 1_795_330_800, Batch: DigestOf(encoded)}
		signed, err := SealReceipt(key(), &r)
		if err != nil {
			t.Fatal(err)
		}
		got, err := OpenReceipt(key().Public(), signed)
		if err != nil {
			t.Fatal(err)
		}
		if err := got.Answers(&b); (err == nil) != (what == "nothing altered") {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestReceiptRefused(t *testing.T) {
	for _, tc := range []struct {
		want string
		turn func(*Receipt)
	}{
		{"version", func(r *Receipt) { r.Version = 2 }},
		{"device", func(r *Receipt) { r.Device = "" }},
		{"number", func(r *Receipt) { r.Number = Number{} }},
		{"65 verdicts", func(r *Receipt) { r.Verdicts = make([]Verdict, 65) }},
		{"0 verdicts", func(r *Receipt) { r.Verdicts = nil }},
		{"from 0", func(r *Receipt) { r.At = 0 }},
		{"Unix", func(r *Receipt) { r.At = maxTime }},
		{"outcome 2", func(r *Receipt) { r.Verdicts[0] = Verdict{Outcome: 2, Reason: 1} }},
		{"outcome 1, reason 0", func(r *Receipt) { r.Verdicts[0] = Verdict{Outcome: Refused} }},
		{"outcome 0, reason 3", func(r *Receipt) { r.Verdicts[0] = Verdict{Reason: 3} }},
		{"reason 21", func(r *Receipt) { r.Verdicts[0] = Verdict{Outcome: Refused, Reason: 21} }},
	} {
		r := receipt()
		tc.turn(&r)
		if _, err := SealReceipt(key(), &r); !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("sealed: %v, want %q", err, tc.want)
		}
		payload, _ := coding.Marshal(&r)
		signed, err := key().Sign(sign.Receipt, payload) // a collector that signs anything
		if err != nil {
			t.Fatal(err)
		}
		if _, err := OpenReceipt(key().Public(), signed); err == nil {
			t.Errorf("%s: opened", tc.want)
		}
	}
	r := receipt()
	payload, _ := coding.Marshal(&r)
	for what, b := range bend(t, payload, 5) {
		if _, err := decodeReceipt(b); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func answer() Answer {
	r := receipt()
	signed, _ := SealReceipt(key(), &r)
	return Answer{Receipt: signed, Envelopes: [][]byte{{1, 2, 3}, bytes.Repeat([]byte{4}, 30)}}
}

func TestAnswer(t *testing.T) {
	most := Receipt{Version: Version, Device: strings.Repeat("x", maxDevice), Number: Number{1}, At: maxTime - 1, Verdicts: make([]Verdict, MaxItems)}
	signed, err := SealReceipt(key(), &most)
	if err != nil || len(signed) > MaxReceipt {
		t.Fatalf("%d bytes, %v, want at most %d", len(signed), err, MaxReceipt)
	}
	t.Logf("the largest receipt has %d bytes", len(signed))
	full := Answer{Receipt: make([]byte, MaxReceipt)}
	for range MaxEnvelopes {
		full.Envelopes = append(full.Envelopes, make([]byte, MaxEnvelope))
	}
	for name, a := range map[string]Answer{"answer": answer(), "bare": {Receipt: []byte{1}, Envelopes: [][]byte{}}, "": full} {
		b, err := EncodeAnswer(&a)
		if err != nil || len(b) > MaxAnswer {
			t.Fatalf("%d bytes, %v", len(b), err)
		}
		if got, err := DecodeAnswer(b); err != nil || !reflect.DeepEqual(got, a) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
		if name != "" {
			golden(t, name, b)
		}
		for what, b := range bend(t, b, 2) {
			if _, err := DecodeAnswer(b); !errors.Is(err, ErrInvalid) {
				t.Errorf("%s: %v", what, err)
			}
		}
	}
	for _, tc := range []struct {
		want string
		a    Answer
	}{
		{"0 bytes", Answer{}},
		{"513 bytes", Answer{Receipt: make([]byte, MaxReceipt+1)}},
		{"17 envelopes", Answer{Receipt: []byte{1}, Envelopes: make([][]byte, 17)}},
		{"envelope 0: 0", Answer{Receipt: []byte{1}, Envelopes: [][]byte{{}}}},
		{"envelope 1: 769", Answer{Receipt: []byte{1}, Envelopes: [][]byte{{1}, make([]byte, MaxEnvelope+1)}}},
	} {
		if _, err := EncodeAnswer(&tc.a); !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%v, want %q", err, tc.want)
		}
	}
}

func FuzzDecodeAnswer(f *testing.F) {
	a := answer()
	b, _ := EncodeAnswer(&a)
	f.Add(b)
	f.Fuzz(func(t *testing.T, b []byte) {
		a, err := DecodeAnswer(b)
		if err != nil {
			if !errors.Is(err, ErrInvalid) {
				t.Fatalf("%v does not wrap ErrInvalid", err)
			}
			return
		}
		if again, err := EncodeAnswer(&a); err != nil || !bytes.Equal(again, b) {
			t.Fatalf("not the same bytes again: %v", err)
		}
	})
}

func FuzzDecodeReceipt(f *testing.F) {
	r := receipt()
	b, _ := coding.Marshal(&r)
	f.Add(b)
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := decodeReceipt(b)
		if err != nil {
			if !errors.Is(err, ErrInvalid) {
				t.Fatalf("%v does not wrap ErrInvalid", err)
			}
			return
		}
		if again, err := coding.Marshal(&r); err != nil || !bytes.Equal(again, b) || r.Check() != nil {
			t.Fatalf("not the same bytes again: %v", err)
		}
	})
}

// TestOneFieldList holds the structs against batch.cddl.
func TestOneFieldList(t *testing.T) {
	cddl, err := os.ReadFile("batch.cddl")
	if err != nil {
		t.Fatal(err)
	}
	for name, v := range map[string]any{"batch": form{}, "answer": answerForm{}, "receipt": Receipt{}} {
		_, rest, ok := strings.Cut(string(cddl), "\n"+name+" = {")
		body, _, _ := strings.Cut(rest, "\n}")
		var law, code []string
		for _, m := range regexp.MustCompile(`(?m)^  (\d+) =>`).FindAllStringSubmatch(body, -1) {
			law = append(law, m[1]+",keyasint")
		}
		for _, f := range reflect.VisibleFields(reflect.TypeOf(v)) {
			code = append(code, f.Tag.Get("cbor"))
		}
		if !ok || len(law) == 0 || !reflect.DeepEqual(law, code) {
			t.Errorf("%s: CDDL %v, struct %v", name, law, code)
		}
	}
}

func TestReasons(t *testing.T) {
	seen := map[string]bool{}
	for r := Reason(0); r <= maxReason; r++ {
		if s := r.String(); s == "" || seen[s] {
			t.Errorf("reason %d: %q", r, s)
		} else {
			seen[s] = true
		}
	}
}
