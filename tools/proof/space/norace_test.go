//go:build !race

package space

const race = false
