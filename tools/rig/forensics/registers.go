package forensics

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// registers searches those of all processors, each by itself: general ones of 8 bytes and vectors of 16.
func (s *Search) registers(b Board) (hits int, err error) {
	answer, err := b.Ask("human-monitor-command", map[string]any{"command-line": "info registers -a"})
	if err != nil {
		return 0, err
	}
	var text string
	if err := json.Unmarshal(answer, &text); err != nil {
		return 0, fmt.Errorf("forensics: the monitor says %.40q: %w", answer, err)
	}
	all, err := parse(text)
	if err != nil {
		return 0, err
	}
	for _, one := range all {
		s.Pool.Set().Search(one, func(int, int) { hits++ })
	}
	return hits, nil
}

// parse reads the registers of a 64-bit ARM processor as they stand in memory, the lowest byte first. (QEMU, target/arm/cpu.c,
// aarch64_cpu_dump_state)
func parse(text string) (all [][]byte, err error) {
	general := regexp.MustCompile(`\bX\d\d=([0-9a-f]{16})\b`)
	vector := regexp.MustCompile(`\bQ\d\d=([0-9a-f]{16}):([0-9a-f]{16})\b`)
	word := func(b []byte, hex string) []byte {
		n, _ := strconv.ParseUint(hex, 16, 64) // 16 digits, as the pattern says
		return binary.LittleEndian.AppendUint64(b, n)
	}
	for _, m := range general.FindAllStringSubmatch(text, -1) {
		all = append(all, word(nil, m[1]))
	}
	vectors := 0
	for _, m := range vector.FindAllStringSubmatch(text, -1) {
		all = append(all, word(word(nil, m[2]), m[1]))
		vectors++
	}
	// 31 general ones and 32 vectors a processor. Behind a reset, which clears them, the vectors are not shown.
	n, blind := len(all)-vectors, strings.Count(text, "FPU disabled")
	if n == 0 || n%31 != 0 || vectors != (n/31-blind)*32 {
		return nil, fmt.Errorf("forensics: %d general registers and %d vectors, want 31 and 32 for each processor", n, vectors)
	}
	return all, nil
}
