//go:build !race

package figures

const race = false
