package outside

import (
	"context"
	"strings"
	"testing"

	"tellijn/tools/proof/bench"
)

func TestRun(t *testing.T) {
	ctx := context.Background()
	b, err := bench.New(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	real := "compatible = [\"proof,board\"]\nname = \"real-probe\"\ntitle = \"A\"\nkind = \"real\"\ndevice = \"a\"\ninterval = \"15m\"\nbeat = \"1s\"\nspeed = 1\n[camera]\ndriver = \"v4l2\"\npath = \"/dev/video0\"\nwidth = 640\nheight = 480\nfps = 25\n" +
		"[scene]\nperson_area = 0.03\n[[scene.line]]\nfrom = [0, 0.5]\nto = [1, 0.5]\n[release]\nzone = \"UTC\"\n[memory]\nbudget = 64\n[hours]\nopen = [\"mon-sun 00:00-24:00\"]\n[approval]\nsigner = \"" + Approver() + "\"\n"
	d, err := New(ctx, b, real, real, map[string]string{"@config": "device = \"b\"\n", "@fine": "[release]\nk = 2\nzone = \"UTC\"\n"})
	if err != nil {
		t.Fatal(err)
	}
	for what, tc := range map[string]struct {
		flags map[string]string
		told  bool
	}{
		"drawn":          {map[string]string{"board": "sim"}, true},
		"real":           {map[string]string{"board": "real-probe"}, true},
		"no approval":    {map[string]string{"board": "real-probe", "approval": "/dev/null"}, false},
		"another board":  {map[string]string{"board": "real-probe", "approval": "@eye"}, false},
		"real and drawn": {map[string]string{"board": "real-probe", "driver": "sim"}, false},
		"real and fast":  {map[string]string{"board": "real-probe", "speed": "2"}, false},
		"configured":     {map[string]string{"board": "real-probe", "config": "@config"}, true},
		"too fine":       {map[string]string{"board": "real-probe", "config": "@fine"}, false},
		"compressed":     {map[string]string{"board": "sim", "compress": "900"}, true},
		"real and hasty": {map[string]string{"board": "real-probe", "compress": "2"}, false},
		"no such board":  {map[string]string{"board": "none"}, false},
	} {
		flags := map[string]string{"eye": "@eye", "courier": "@courier", "dir": "@dir"}
		for k, v := range tc.flags {
			flags[k] = v
		}
		a, err := d.Run(ctx, flags)
		if err != nil {
			t.Fatal(err)
		}
		held := strings.Contains(a.Said, "no power, there is no approval that counts") // it runs, and was ended
		if (a.Orders != "") != tc.told || a.Code == 0 && !held || held != (tc.flags["approval"] != "") {
			t.Errorf("%s: code %d, orders %q, said %s", what, a.Code, a.Orders, a.Said)
		}
	}
}
