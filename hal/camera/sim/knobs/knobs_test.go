package knobs

import (
	"reflect"
	"strings"
	"testing"
)

func TestNominalFileIsRight(t *testing.T) {
	k, err := Parse(nominal)
	if err != nil {
		t.Fatal(err)
	}
	if k != Nominal() {
		t.Error("Nominal differs from the file")
	}
	// The figures that were promised before tuning.
	for name, want := range map[string]int32{"noise": 40, "sun": 30, "pairs": 20, "passes": 10,
		"turns": 10, "trolleys": 5, "dropped": 1} {
		for _, n := range List() {
			if n.Name == name && n.Of(&k) != want {
				t.Errorf("%s = %d, promised %d", name, n.Of(&k), want)
			}
		}
	}
}

func TestListReachesEveryFieldOnce(t *testing.T) {
	var k Knobs
	all := List()
	if n := reflect.TypeOf(k).NumField(); n != len(all) {
		t.Fatalf("%d fields, %d in the list", n, len(all))
	}
	v := reflect.ValueOf(&k).Elem()
	for i, n := range all {
		*n.at(&k) = int32(i + 1)
		if got := v.Field(i).Int(); got != int64(i+1) {
			t.Errorf("%s does not reach field %s", n.Name, v.Type().Field(i).Name)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for name, c := range map[string]struct{ from, to, want string }{
		"unknown":  {"noise = 40", "noize = 40", "noize"},
		"missing":  {"noise = 40", "", "missing"},
		"twice":    {"noise = 40", "noise = 40\nnoise = 40", "twice"},
		"range":    {"noise = 40", "noise = 4000", "4000"},
		"words":    {"noise = 40", "noise = much", "much"},
		"fraction": {"noise = 40", "noise = 4.0", "4.0"},
		"shares":   {"pairs = 20", "pairs = 90", "add up"},
		"gaps":     {"gap_most = 5000", "gap_most = 500", "gap_most"},
	} {
		_, err := Parse(strings.Replace(nominal, c.from, c.to, 1))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got error %v, want one that says %q", name, err, c.want)
		}
	}
}

func TestSweepIsInRange(t *testing.T) {
	for _, r := range Sweep() {
		for _, v := range r.Values {
			k, err := Turned(r.Name, v)
			if err != nil {
				t.Errorf("%s: %v", r.Name, err)
			}
			for _, n := range List() {
				if n.Name == r.Name && n.Of(&k) != v {
					t.Errorf("%s = %d, want %d", r.Name, n.Of(&k), v)
				}
			}
		}
	}
	if _, err := Turned("nonsense", 1); err == nil {
		t.Error("a knob that is not there was turned")
	}
}
