// @ts-check

export const tensorflowVersion = '2.21.0'

/**
 * A file of the Python package index, pinned.
 * @typedef {object} Wheel
 * @property {string} name
 * @property {string} version
 * @property {string} python the tag of the interpreter: `cp311` or `py3`
 * @property {string} platform the tag of the platform
 * @property {string} sha256
 */

/** @type {Wheel} */
const cpu = {
  name: 'tensorflow-cpu',
  version: tensorflowVersion,
  python: 'cp311',
  platform: 'manylinux_2_27_x86_64',
  sha256: '2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c',
}

/** @type {Wheel} */
const cuda = {
  ...cpu,
  name: 'tensorflow',
  sha256: '9056fbc9ba04235810b71ae6cbd958a196e8804fb53bbcffbf3e23b56155f124',
}

/**
 * @param {string} name
 * @param {string} version
 * @param {string} platform
 * @param {string} sha256
 * @returns {Wheel}
 */
const nvidia = (name, version, platform, sha256) => ({
  name: `nvidia-${name}-cu12`,
  version,
  python: 'py3',
  platform,
  sha256,
})

/** The libraries of TensorFlow's `and-cuda` extra. */
const cudaLibraries = [
  nvidia(
    'cublas',
    '12.9.3.13',
    'manylinux_2_27_x86_64',
    'd7d51055f161b317c7105ddaae90e71eda059026074ffef93cf7cde2886bfe72',
  ),
  nvidia(
    'cuda-cupti',
    '12.9.79',
    'manylinux_2_25_x86_64',
    '096bcf334f13e1984ba36685ad4c1d6347db214de03dbb6eebb237b41d9d934f',
  ),
  nvidia(
    'cuda-nvcc',
    '12.9.86',
    'manylinux2010_x86_64',
    '5d6a0d32fdc7ea39917c20065614ae93add6f577d840233237ff08e9a38f58f0',
  ),
  nvidia(
    'cuda-nvrtc',
    '12.9.86',
    'manylinux2010_x86_64',
    '210cf05005a447e29214e9ce50851e83fc5f4358df8b453155d5e1918094dcb4',
  ),
  nvidia(
    'cuda-runtime',
    '12.9.79',
    'manylinux2014_x86_64',
    '25bba2dfb01d48a9b59ca474a1ac43c6ebf7011f1b0b8cc44f54eb6ac48a96c3',
  ),
  nvidia(
    'cudnn',
    '9.28.0.42',
    'manylinux_2_27_x86_64',
    '9ff58b7f36dacd0a93e89f8f2957b52466889217963701daa15e577317cfa375',
  ),
  nvidia(
    'cufft',
    '11.4.1.4',
    'manylinux2014_x86_64',
    'c67884f2a7d276b4b80eb56a79322a95df592ae5e765cf1243693365ccab4e28',
  ),
  nvidia(
    'curand',
    '10.3.10.19',
    'manylinux_2_27_x86_64',
    '49b274db4780d421bd2ccd362e1415c13887c53c214f0d4b761752b8f9f6aa1e',
  ),
  nvidia(
    'cusolver',
    '11.7.5.82',
    'manylinux_2_27_x86_64',
    '15da72d1340d29b5b3cf3fd100e3cd53421dde36002eda6ed93811af63c40d88',
  ),
  nvidia(
    'cusparse',
    '12.5.10.65',
    'manylinux2014_x86_64',
    '73060ce019ac064a057267c585bf1fd5a353734151f87472ff02b2c5c9984e78',
  ),
  nvidia(
    'nccl',
    '2.32.3',
    'manylinux_2_27_x86_64',
    'bb94b2348e4861d5e8aa00b36c3d12d9bdf9c6369b82cbb723de0b582280a21c',
  ),
  nvidia(
    'nvjitlink',
    '12.9.86',
    'manylinux2010_x86_64',
    'e3f1171dbdc83c5932a45f0f4c99180a70de9bd2718c1ab77d14104f6d7147f9',
  ),
]

const gibibyte = 2 ** 30

/**
 * What each build of TensorFlow is made of. `disk` is the most it needs while it is unpacked.
 * @typedef {'cpu' | 'cuda'} Variant
 * @type {Readonly<Record<Variant, { wheels: readonly Wheel[], disk: number }>>}
 */
export const builds = {
  cpu: { wheels: [cpu], disk: 1.5 * gibibyte },
  cuda: { wheels: [cuda, ...cudaLibraries], disk: 9 * gibibyte },
}
