package moment

import "encoding/binary"

// Layout of a bbolt file: every page begins with its number, its kind, how many elements it has, and how many
// pages it spills over; behind that lie the elements of a leaf, or the head of the file. (go.etcd.io/bbolt v1.5.0,
// internal/common/page.go, meta.go, inode.go)
const (
	pageSize    = 4096
	pageHead    = 16
	kindLeaf    = 0x02
	kindHead    = 0x04
	elementSize = 16
	inBucket    = 1 // the value is a bucket: its root page and a sequence, and the page itself if the root is 0
	bucketHead  = 16
	headMagic   = 0xED0CDAED
	headRoot    = pageHead + 16
	mostItems   = pageSize / elementSize
)

// page is the number of a page, and whether it is a leaf or a head.
func page(b []byte) (number uint64, leaf, head bool) {
	if len(b) < pageHead {
		return 0, false, false
	}
	kind := binary.LittleEndian.Uint16(b[8:])
	head = kind == kindHead && len(b) >= pageHead+64 && binary.LittleEndian.Uint32(b[pageHead:]) == headMagic
	return binary.LittleEndian.Uint64(b), kind == kindLeaf, head
}

// root is the number of the root page that a head names.
func root(b []byte) uint64 { return binary.LittleEndian.Uint64(b[headRoot:]) }

// each goes through the elements of a leaf, and of the buckets that lie within it. What makes no sense is passed
// over. bucket is the name of the innermost one, "" if the page does not say it.
func each(b []byte, bucket string, do func(bucket, key string, value []byte)) {
	n := int(binary.LittleEndian.Uint16(b[10:]))
	if n > mostItems {
		return
	}
	for i := range n {
		at := pageHead + i*elementSize
		if at+elementSize > len(b) {
			return
		}
		e := b[at:]
		pos, k, v := int(binary.LittleEndian.Uint32(e[4:])), int(binary.LittleEndian.Uint32(e[8:])), int(binary.LittleEndian.Uint32(e[12:]))
		if pos < elementSize || k < 0 || k > pageSize || v < 0 || v > 1<<20 || pos > 1<<20 || pos+k > len(e) {
			return
		}
		key, value := string(e[pos:pos+k]), e[pos+k:]
		value = value[:min(v, len(value))] // a value may spill over
		if binary.LittleEndian.Uint32(e)&inBucket == 0 {
			do(bucket, key, value)
			continue
		}
		do("", key, nil)
		if len(value) >= bucketHead+pageHead && binary.LittleEndian.Uint64(value) == 0 {
			each(value[bucketHead:], key, do)
		}
	}
}

// Kind tells whether what is written has a head of a bbolt file, and whether it has a leaf.
func Kind(data []byte) (head, leaf bool) {
	for ; len(data) >= pageSize; data = data[pageSize:] {
		_, l, h := page(data[:pageSize])
		head, leaf = head || h, leaf || l && binary.LittleEndian.Uint32(data[12:]) < 64
	}
	return head, leaf
}
