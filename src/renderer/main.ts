import '@fontsource-variable/inter/index.css'
import '@fontsource-variable/jetbrains-mono/index.css'
import './styles/tokens.css'
import './styles/base.css'
import { mount } from 'svelte'
import App from './views/App.svelte'

const target = document.getElementById('app')
if (target === null) throw new Error('index.html has no element with the id "app".')
mount(App, { target })
