package bom

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	cdx "github.com/CycloneDX/cyclonedx-go"
)

func TestManifest(t *testing.T) {
	m := Manifest{Board: "virt", Title: "T", Go: "go1", Source: "ab", Image: &Image{512, "cd", "ef"},
		Partitions: []Partition{{1, "START", 2, 3, 4}}, Files: []File{Of("a/b", []byte("abc"), "here")}}
	text, err := m.Text()
	if err != nil {
		t.Fatal(err)
	}
	got, err := Read(text)
	if err != nil {
		t.Fatal(err)
	}
	again, err := got.Text()
	if err != nil || !bytes.Equal(again, text) {
		t.Errorf("%v\n%s\n%s", err, text, again)
	}
	// The sum of "abc" is that of FIPS 180-4, as its examples give it.
	if f := got.Files[0]; f.SHA256 != "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" || f.Size != 3 {
		t.Errorf("%+v", f)
	}
	for _, bad := range []string{"", "{}", "[]", `{"version":2,"board":"virt"}`, `{"version":1}`, string(text[:len(text)/2])} {
		if _, err := Read([]byte(bad)); !errors.Is(err, ErrManifest) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(`{"version":1,"board":"virt","files":[{"path":"a"}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		m, err := Read(text)
		if err != nil {
			return
		}
		a, err := m.Text()
		if err != nil {
			t.Fatal(err)
		}
		if again, err := Read(a); err != nil || again.Board != m.Board || len(again.Files) != len(m.Files) {
			t.Errorf("%s: %v", a, err)
		}
	})
}

func parts() []Part {
	return []Part{
		{Kind: cdx.ComponentTypeApplication, Name: "eye", Version: "1", PURL: "pkg:golang/tellijn/eye@1", Needs: []string{"pkg:golang/b@v2", "pkg:golang/a@v1"}},
		{Kind: cdx.ComponentTypeLibrary, Name: "b", Version: "v2", PURL: Golang("b", "v2"), Sum: "h1:x", Licences: []string{"MIT", "BSD-3-Clause"}},
		{Kind: cdx.ComponentTypeLibrary, Name: "a", Version: "v1", PURL: Golang("a", "v1"), SHA256: strings.Repeat("0", 64)},
		{Kind: cdx.ComponentTypeLibrary, Name: "a", Version: "v1", PURL: Golang("a", "v1")},
		{Kind: cdx.ComponentTypeOS, Name: "linux", Version: "6", PURL: "pkg:golang/k@v6", CPE: "cpe:2.3:o:linux:x", Source: "https://example.org/k.tar.gz"},
	}
}

func TestCycloneDX(t *testing.T) {
	whole := Part{Kind: cdx.ComponentTypeFirmware, Name: "all", Version: "1", PURL: "pkg:golang/tellijn@1"}
	text, err := CycloneDX(whole, parts())
	if err != nil {
		t.Fatal(err)
	}
	var list cdx.BOM
	if err := cdx.NewBOMDecoder(bytes.NewReader(text), cdx.BOMFileFormatJSON).Decode(&list); err != nil {
		t.Fatal(err)
	}
	if n := len(*list.Components); n != 4 {
		t.Errorf("%d components, want each once", n)
	}
	for _, want := range []string{`"specVersion": "1.6"`, `"licenses": [`, `"id": "MIT"`, `"alg": "SHA-256"`, `"value": "h1:x"`, `"cpe": "cpe:2.3:o:linux:x"`, `"url": "https://example.org/k.tar.gz"`,
		"\"ref\": \"pkg:golang/tellijn/eye@1\",\n      \"dependsOn\": [\n        \"pkg:golang/a@v1\",\n        \"pkg:golang/b@v2\"\n"} {
		if !bytes.Contains(text, []byte(want)) {
			t.Errorf("no %s in\n%s", want, text)
		}
	}
	turned := parts()
	turned[0], turned[1], turned[4] = turned[4], turned[0], turned[1]
	if again, err := CycloneDX(whole, turned); err != nil || !bytes.Equal(again, text) {
		t.Errorf("the order of the parts matters: %v", err)
	}
	turned[0].Version = "7"
	again, err := CycloneDX(whole, turned)
	if err != nil {
		t.Fatal(err)
	}
	var other cdx.BOM
	if err := cdx.NewBOMDecoder(bytes.NewReader(again), cdx.BOMFileFormatJSON).Decode(&other); err != nil || other.SerialNumber == list.SerialNumber {
		t.Errorf("another list with the number %s, %v", other.SerialNumber, err)
	}
	if _, err := CycloneDX(whole, parts()[:2]); err == nil || !strings.Contains(err.Error(), "needs pkg:golang/a@v1") {
		t.Errorf("a part that is not there: %v", err)
	}
}

func TestDebian(t *testing.T) {
	if s := Debian("wpasupplicant", "2:2.10-12+deb12u3", "arm64"); s != "pkg:deb/debian/wpasupplicant@2%3A2.10-12%2Bdeb12u3?arch=arm64" {
		t.Error(s)
	}
}

// TestLicence reads the texts that lie here anyway, and words of some that do not.
func TestLicence(t *testing.T) {
	own, err := os.ReadFile(filepath.Join("..", "..", "..", "LICENSE"))
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		string(own): "Apache-2.0",
		"Permission is hereby granted, free of charge, to any person\nThe above copyright notice and this permission notice shall": "MIT",
		"Redistribution and use in source and  binary forms ... Neither the name of":                                               "BSD-3-Clause",
		"Redistribution and use in source and binary forms ...":                                                                    "BSD-2-Clause",
		"Permission to use, copy, modify, and/or distribute this software":                                                         "ISC",
		"GNU GENERAL PUBLIC LICENSE Version 2, June 1991":                                                                          "GPL-2.0-only",
		"GNU LESSER GENERAL PUBLIC LICENSE Version 2.1":                                                                            "",
		"Mozilla Public License Version 2.0":                                                                                       "MPL-2.0",
		"Eclipse Public License - v 2.0":                                                                                           "EPL-2.0",
		"This is free and unencumbered software released into the public domain.":                                                  "Unlicense",
		"All rights reserved.": "", "": "",
	} {
		if got := Licence([]byte(text)); got != want {
			t.Errorf("%.40q: %q, want %q", text, got, want)
		}
	}
}
