package sheet_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tellijn/privacy/sign"
	"tellijn/tools/fieldkit/sheet"
)

func row(n byte) sheet.Row {
	hex := strings.Repeat("0123456789abcdef", 4)
	return sheet.Row{Device: "north-door", Board: "rpi-zero-2w", Sign: sign.NewKey([32]byte{n}).Public(), Seal: hex, Certificate: hex, Image: hex,
		Written: time.Date(2027, 3, 1, 8, 0, 0, 0, time.UTC), Who: `Inez, "the installer"`}
}

func TestRoundTrip(t *testing.T) {
	path := filepath.Join(t.TempDir(), "devices.csv")
	second := row(2)
	second.Certificate, second.Who = "", ""
	if err := sheet.Append(path, row(1)); err != nil {
		t.Fatal(err)
	}
	b, _ := os.ReadFile(path)
	if err := os.WriteFile(path, b[:len(b)-1], 0o644); err != nil { // as a spreadsheet leaves it
		t.Fatal(err)
	}
	if err := sheet.Append(path, second, row(3)); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := sheet.Read(f)
	if err != nil || len(rows) != 3 || rows[0] != row(1) || rows[1] != second || rows[2] != row(3) {
		t.Errorf("%+v, %v", rows, err)
	}
}

func TestRefuses(t *testing.T) {
	for name, change := range map[string]func(*sheet.Row){
		"no name": func(r *sheet.Row) { r.Device = "" }, "a formula": func(r *sheet.Row) { r.Device = "-1" }, "a path": func(r *sheet.Row) { r.Device = "a/b" },
		"no board": func(r *sheet.Row) { r.Board = "" }, "no key": func(r *sheet.Row) { r.Sign = sign.Public{} }, "short seal": func(r *sheet.Row) { r.Seal = r.Seal[1:] },
		"capitals": func(r *sheet.Row) { r.Seal = strings.ToUpper(r.Seal) }, "certificate": func(r *sheet.Row) { r.Certificate = "x" },
		"no image": func(r *sheet.Row) { r.Image = "" }, "no time": func(r *sheet.Row) { r.Written = time.Time{} }, "formula of who": func(r *sheet.Row) { r.Who = "=1" },
		"two lines": func(r *sheet.Row) { r.Who = "a\nb" }, "long": func(r *sheet.Row) { r.Who = strings.Repeat("a", 65) },
	} {
		r := row(1)
		change(&r)
		if err := r.Check(); !errors.Is(err, sheet.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
		if err := sheet.Append(filepath.Join(t.TempDir(), "x"), r); !errors.Is(err, sheet.ErrInvalid) {
			t.Errorf("%s is appended: %v", name, err)
		}
		if _, err := sheet.Read(strings.NewReader(strings.Join(sheet.Header(), ",") + "\n" + r.Line() + "\n")); !errors.Is(err, sheet.ErrInvalid) {
			t.Errorf("%s is read: %v", name, err)
		}
	}
	head := strings.Join(sheet.Header(), ",")
	good := row(1)
	for name, text := range map[string]string{
		"other columns": "device,board\n", "no header": good.Line() + "\n", "too few": head + "\na,b\n", "too many": head + "\n" + good.Line() + ",x\n",
		"a quote": head + "\n\"" + good.Line() + "\n", "another spelling of a time": head + "\n" + strings.Replace(good.Line(), "08:00:00Z", "09:00:00+01:00", 1) + "\n",
	} {
		if rows, err := sheet.Read(strings.NewReader(text)); !errors.Is(err, sheet.ErrInvalid) {
			t.Errorf("%s: %v, %v", name, rows, err)
		}
	}
	path := filepath.Join(t.TempDir(), "letter.txt")
	if err := os.WriteFile(path, []byte("Dear all\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := sheet.Append(path, row(1)); !errors.Is(err, sheet.ErrInvalid) || !strings.Contains(err.Error(), "another file") {
		t.Error(err)
	}
	if b, _ := os.ReadFile(path); string(b) != "Dear all\n" {
		t.Errorf("%q", b)
	}
	if rows, err := sheet.Read(strings.NewReader("")); err != nil || len(rows) != 0 {
		t.Error(rows, err)
	}
	if err := sheet.Append(t.TempDir(), row(1)); err == nil {
		t.Error("a folder is a list")
	}
}

// What is read would be written in the same way.
func FuzzRead(f *testing.F) {
	good := row(1)
	head := strings.Join(sheet.Header(), ",") + "\n"
	f.Add(head + good.Line() + "\n")
	f.Add(head)
	f.Add("\"")
	f.Fuzz(func(t *testing.T, text string) {
		rows, err := sheet.Read(strings.NewReader(text))
		if err != nil {
			if !errors.Is(err, sheet.ErrInvalid) {
				t.Error(err)
			}
			return
		}
		for _, r := range rows {
			again, err := sheet.Read(strings.NewReader(head + r.Line()))
			if err != nil || len(again) != 1 || again[0] != r {
				t.Errorf("%+v, %+v, %v", r, again, err)
			}
		}
	})
}
