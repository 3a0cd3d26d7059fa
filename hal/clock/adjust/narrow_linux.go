//go:build linux && !(amd64 || arm64)

package adjust

import "time"

// offset is a number of microseconds as the kernel of this machine takes it.
func offset(d time.Duration) int32 { return int32(d) }
