package bom

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"

	cdx "github.com/CycloneDX/cyclonedx-go"
)

// Part is something that an image is made of.
type Part struct {
	Kind     cdx.ComponentType // application, library, operating-system or firmware
	Name     string
	Version  string
	PURL     string   // its package URL, which names it within the list too; see Golang and Debian
	CPE      string   // its name in lists of weaknesses, if that does not follow from PURL
	Licences []string // SPDX identifiers; empty if not known for sure
	SHA256   string   // of the file or package, if there is one
	Sum      string   // as in go.sum, if it is a Go module
	Source   string   // where its source is, if that is not told by PURL
	Needs    []string // package URLs of what is linked into it
}

// Golang is the package URL of a Go module.
func Golang(path, version string) string { return "pkg:golang/" + path + "@" + version }

// Debian is the package URL of a Debian package.
func Debian(name, version, arch string) string {
	return "pkg:deb/debian/" + name + "@" + strings.NewReplacer("+", "%2B", ":", "%3A", "~", "~").Replace(version) + "?arch=" + arch
}

// CycloneDX lists parts in the form of CycloneDX 1.6, in JSON. whole is what they are parts of. Parts with
// one package URL are one. It has no date; its serial number follows from what it says.
func CycloneDX(whole Part, parts []Part) ([]byte, error) {
	parts = slices.Clone(parts)
	slices.SortStableFunc(parts, func(a, b Part) int { return strings.Compare(a.PURL, b.PURL) })
	parts = slices.CompactFunc(parts, func(a, b Part) bool { return a.PURL == b.PURL })
	b := cdx.NewBOM()
	top := component(whole)
	b.Metadata = &cdx.Metadata{Component: &top}
	var components []cdx.Component
	var links []cdx.Dependency
	var all []string
	for _, p := range parts {
		components = append(components, component(p))
		needs := slices.Clone(p.Needs)
		slices.Sort(needs)
		links = append(links, cdx.Dependency{Ref: p.PURL, Dependencies: &needs})
		all = append(all, p.PURL)
	}
	for _, p := range parts {
		for _, need := range p.Needs {
			if !slices.Contains(all, need) {
				return nil, fmt.Errorf("bom: %s needs %s, which is not among the parts", p.PURL, need)
			}
		}
	}
	links = append(links, cdx.Dependency{Ref: whole.PURL, Dependencies: &all})
	b.Components, b.Dependencies = &components, &links
	plain, err := encode(b)
	if err != nil {
		return nil, err
	}
	u := sha256.Sum256(plain)
	u[6], u[8] = u[6]&0x0F|0x80, u[8]&0x3F|0x80 // a UUID of one's own making (RFC 9562, 5.8)
	b.SerialNumber = fmt.Sprintf("urn:uuid:%x-%x-%x-%x-%x", u[:4], u[4:6], u[6:8], u[8:10], u[10:16])
	return encode(b)
}

func encode(b *cdx.BOM) ([]byte, error) {
	var out bytes.Buffer
	if err := cdx.NewBOMEncoder(&out, cdx.BOMFileFormatJSON).SetPretty(true).EncodeVersion(b, cdx.SpecVersion1_6); err != nil {
		return nil, fmt.Errorf("bom: %w", err)
	}
	return out.Bytes(), nil
}

func component(p Part) cdx.Component {
	c := cdx.Component{BOMRef: p.PURL, Type: p.Kind, Name: p.Name, Version: p.Version, PackageURL: p.PURL, CPE: p.CPE}
	if len(p.Licences) > 0 {
		l := cdx.Licenses{}
		for _, id := range p.Licences {
			l = append(l, cdx.LicenseChoice{License: &cdx.License{ID: id}})
		}
		c.Licenses = &l
	}
	if p.SHA256 != "" {
		c.Hashes = &[]cdx.Hash{{Algorithm: cdx.HashAlgoSHA256, Value: p.SHA256}}
	}
	if p.Source != "" {
		c.ExternalReferences = &[]cdx.ExternalReference{{Type: cdx.ERTypeVCS, URL: p.Source}}
	}
	if p.Sum != "" {
		c.Properties = &[]cdx.Property{{Name: "tellijn:go.sum", Value: p.Sum}}
	}
	return c
}
