// The name of a run, which leads to its result, and the bars it was made on.
import { address } from "../../app/router";
import type { Job } from "./jobs";
import { runData, runTitle } from "./run_title";

export function RunLink({ job }: { job: Job }) {
  return (
    <>
      <a href={address("research", `runs/${job.id}`)} title={job.id}>
        {runTitle(job)}
      </a>
      <small class="run-data">{runData(job)}</small>
    </>
  );
}
