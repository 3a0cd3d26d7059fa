package lists

import (
	"strings"
	"testing"
)

func TestCompare(t *testing.T) {
	const text = "# head\nboth | 29 | ioctl | camera\nreal | 56 | openat | opens it\nsim | 1 | one | ?\n"
	for _, c := range []struct {
		name  string
		text  string
		found Found
		want  string
	}{
		{"as listed", "both | 29 | ioctl | camera\n", Found{"29 | ioctl": "both"}, ""},
		{"new", text, Found{"29 | ioctl": "both", "56 | openat": "real", "1 | one": "sim", "2 | two": "real"},
			"not on the list: 2 | two;listed without a reason: 1 | one"},
		{"gone", "both | 29 | ioctl | camera\n", Found{}, "listed and no longer there: 29 | ioctl"},
		{"another build", "real | 29 | ioctl | camera\n", Found{"29 | ioctl": "both"}, "listed for real, found in both: 29 | ioctl"},
		{"twice", "real | a | b\nreal | a | c\n", Found{"a": "real"}, "listed twice: a"},
	} {
		lines, err := Parse(c.text)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(Compare(lines, c.found), ";"); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for _, text := range []string{"both | a", "never | a | why", "a"} {
		if _, err := Parse(text); err == nil {
			t.Errorf("took %q", text)
		}
	}
}

func TestRewrite(t *testing.T) {
	f := Found{}
	f.Add("b", "real")
	f.Add("a", "real")
	f.Add("a", "sim")
	got, err := Rewrite("# head\nboth | a | kept\nreal | c | goes\n", f)
	const want = "# head\nboth | a | kept\nreal | b | ?\n"
	if err != nil || got != want {
		t.Errorf("%q, %v; want %q", got, err, want)
	}
}

func TestRead(t *testing.T) {
	if _, err := Read("no such list"); err == nil {
		t.Error("read a list that is not there")
	}
	if l, err := Read("calls"); err != nil || len(l) == 0 {
		t.Errorf("%d lines, %v", len(l), err)
	}
}
