package batch

import (
	"bytes"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"tellijn/privacy/coding"
	"tellijn/privacy/privacytest/cddl"
)

// TestTheLaw holds the code against batch.cddl: what is encoded keeps to it, and of values that differ in
// one place, just within or just beyond it, exactly those within are taken.
func TestTheLaw(t *testing.T) {
	text, err := os.ReadFile("batch.cddl")
	if err != nil {
		t.Fatal(err)
	}
	b, a, r := good(), answer(), receipt()
	for i := range b.Items {
		b.Items[i].Bytes = make([]byte, 5)
	}
	for i := range a.Envelopes {
		a.Envelopes[i] = make([]byte, 30)
	}
	payload, _ := coding.Marshal(&r)
	encodedAnswer, _ := EncodeAnswer(&a)
	// That package knows one size only; sizes between two are held to in TestRefused and TestAnswer.
	law, err := cddl.Parse(strings.NewReplacer("(1..1024)", "5", "(1..768)", "30", "(1..512)", fmt.Sprint(len(a.Receipt))).Replace(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	sizes := regexp.MustCompile(`^(batch/4\[\d\]\[1\]|answer/2|answer/3\[\d\])$`)
	for _, tc := range []struct {
		rule string
		good []byte
		take func([]byte) error
	}{
		{"batch", mustEncode(t, b), func(b []byte) error { _, err := Decode(b); return err }},
		{"answer", encodedAnswer, func(b []byte) error { _, err := DecodeAnswer(b); return err }},
		{"receipt", payload, func(b []byte) error { _, err := decodeReceipt(b); return err }},
	} {
		if err := law.Check(tc.rule, tc.good); err != nil {
			t.Errorf("%s: %v", tc.rule, err)
		}
		edges, err := law.Edges(tc.rule, tc.good)
		if err != nil {
			t.Errorf("%s: %v", tc.rule, err)
		}
		inside := 0
		for _, e := range edges {
			if sizes.MatchString(e.Path) && strings.HasPrefix(e.What, "[]uint8") {
				continue
			}
			if e.Inside {
				inside++
			}
			// The law alone does not say that a number of zeros is none.
			if err := tc.take(e.Encoded); (err == nil) != e.Inside && !bytes.Contains(e.Encoded, append([]byte{3, 0x48}, make([]byte, 8)...)) {
				t.Errorf("%s is %.60s: %v, within the law: %v", e.Path, e.What, err, e.Inside)
			}
		}
		if inside < 4 || len(edges)-inside < 10 {
			t.Errorf("%s: %d edges, %d of them inside", tc.rule, len(edges), inside)
		}
		t.Logf("%s: %d edges, %d of them inside", tc.rule, len(edges), inside)
	}
}
