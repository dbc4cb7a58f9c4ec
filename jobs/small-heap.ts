import { setFlagsFromString } from 'node:v8'

/**
 * To be imported before anything else. On a large machine V8 lets garbage pile up to several times of what lives, as if the
 * whole machine were there for one process; a worker waits for others most of its time and collects it sooner instead.
 * Neither is a limit: a heap that has to be large becomes large. V8 reads both at each collection, so that they may be set
 * at run time; a version that no longer knows them says so on standard error and goes on.
 *
 * `heap-growing-percent`: the old generation is collected when it grew by so much, where V8 would choose up to 300.
 * `semi-space-growth-factor`: the young generation keeps the size it starts with.
 */
for (const flag of ['--heap-growing-percent=20', '--semi-space-growth-factor=1']) setFlagsFromString(flag)
